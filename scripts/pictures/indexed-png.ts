import { crc32, deflateSync } from 'node:zlib'

/** The pixels of a picture, row by row: four bytes each, for red, green, blue and an opacity that does not count. */
export interface Pixels {
  readonly width: number
  readonly height: number
  readonly data: Uint8Array
}

/** As many colours has a palette whose indexes are bytes. */
const MAX_COLOURS = 256

/**
 * Writes a picture as a PNG of the colours that are most frequent in it, 256 at most, with each other one replaced by the
 * nearest: of letters on a plain ground nothing is seen of that, and it takes less than half of the bytes.
 */
export function indexedPng({ width, height, data }: Pixels): Buffer {
  const colours = coloursOf(data)
  const palette = mostFrequent(colours)
  const indexes = new Map<number, number>()
  // Each row begins with the number of its filter: none.
  const rows = Buffer.alloc((width + 1) * height)
  for (const [pixel, colour] of colours.entries()) {
    let index = indexes.get(colour)
    if (index === undefined) indexes.set(colour, (index = nearest(palette, colour)))
    rows[pixel + Math.floor(pixel / width) + 1] = index
  }
  const head = Buffer.alloc(13)
  head.writeUInt32BE(width, 0)
  head.writeUInt32BE(height, 4)
  // Eight bits a pixel, which are an index into the palette.
  head.set([8, 3], 8)
  return Buffer.concat([
    Buffer.from('89504e470d0a1a0a', 'hex'),
    chunk('IHDR', head),
    chunk('PLTE', Buffer.from(palette.flatMap(channelsOf))),
    chunk('IDAT', deflateSync(rows, { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

/** Each pixel as a number of 24 bits. */
function coloursOf(data: Uint8Array): Uint32Array {
  return Uint32Array.from({ length: data.length / 4 }, (_, pixel) => {
    const [red = 0, green = 0, blue = 0] = data.subarray(pixel * 4, pixel * 4 + 3)
    return (red << 16) | (green << 8) | blue
  })
}

function mostFrequent(colours: Uint32Array): number[] {
  const counts = new Map<number, number>()
  for (const colour of colours) counts.set(colour, (counts.get(colour) ?? 0) + 1)
  return [...counts]
    .sort(([, one], [, other]) => other - one)
    .slice(0, MAX_COLOURS)
    .map(([colour]) => colour)
}

function nearest(palette: readonly number[], colour: number): number {
  const wanted = channelsOf(colour)
  const distances = palette.map((each) =>
    channelsOf(each).reduce((sum, value, channel) => sum + (value - (wanted[channel] ?? 0)) ** 2, 0),
  )
  return distances.indexOf(Math.min(...distances))
}

function channelsOf(colour: number): number[] {
  return [colour >> 16, (colour >> 8) & 0xff, colour & 0xff]
}

/** A part of a PNG: its length, its name, what is in it, and the checksum of both. */
function chunk(name: string, content: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(name), content])
  const [length, checksum] = [Buffer.alloc(4), Buffer.alloc(4)]
  length.writeUInt32BE(content.length)
  checksum.writeUInt32BE(crc32(named))
  return Buffer.concat([length, named, checksum])
}
