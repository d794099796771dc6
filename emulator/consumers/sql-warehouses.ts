import { permissionDenied } from '../errors.js'
import type { ConsumersCall } from './consumers-call.js'

/**
 * `GET sql/config/warehouses`: what all SQL warehouses share.
 *
 * @throws ApiError PERMISSION_DENIED unless the caller is a workspace admin
 */
export function getWarehousesConfig({ consumers, caller }: ConsumersCall): object {
  if (caller.admin !== true) throw permissionDenied(`User ${caller.name} is no workspace admin.`)
  return { security_policy: 'DATA_ACCESS_CONTROL', ...consumers.sqlWarehouses }
}
