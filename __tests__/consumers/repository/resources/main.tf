resource "databricks_cluster" "this" {
  spark_conf = {
    "spark.password" = "{{secrets/storage/terraform}}"
    "spark.unknown"  = "{{secrets/${databricks_secret_scope.app.name}/blob}}"
  }
}
