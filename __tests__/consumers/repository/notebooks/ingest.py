# Databricks notebook source
# MAGIC %md
# MAGIC # Ingest from the storage account

# COMMAND ----------

account_key = dbutils.secrets.get(scope="storage", key="blob")
spark.conf.set("fs.azure.account.key.lake.dfs.core.windows.net", account_key)

# COMMAND ----------

password = dbutils.secrets.get("Storage", "DB-Password")
certificate = dbutils.secrets.getBytes(
    key="tls-cert",  # PEM
    scope="storage",
)

# COMMAND ----------

# Read from Unity Catalog, not from the scope.
token = dbutils.secrets.get(catalog="main", schema="storage", key="blob-uc")

# COMMAND ----------

# MAGIC %scala
# MAGIC val jdbcUser = dbutils.secrets.get(
# MAGIC   scope = "storage",
# MAGIC   key = "jdbc-user")

# COMMAND ----------

# MAGIC %sql
# MAGIC SELECT secret('storage', 'sql-user') AS user, try_secret("storage", "sql-password") AS password

# COMMAND ----------

for name in ["a", "b"]:
    dbutils.secrets.get(scope="storage", key=name)
    dbutils.secrets.get(scope=SCOPE, key="in-a-variable")
    dbutils.secrets.get(f"{env}-storage", "interpolated")
