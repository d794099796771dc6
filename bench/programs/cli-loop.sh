# The same with the Databricks CLI, whose path is $2.
set -euo pipefail
while read -r key value; do
  "$2" secrets put-secret storage "$key" --string-value "$value" < /dev/null
done < "$1"
