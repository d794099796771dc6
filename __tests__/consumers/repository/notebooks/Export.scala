// Databricks notebook source
val scope = "storage"

// COMMAND ----------

val user = dbutils.secrets.get(scope = "storage", key = "jdbc-user")
val pass = dbutils.secrets
  .get("storage", """jdbc-password""")
val keystore: Array[Byte] = dbutils.secrets.getBytes("storage", "keystore")
val other = dbutils.secrets.get(s"storage", s"${scope}-key")

// COMMAND ----------

// MAGIC %python
// MAGIC api = dbutils.secrets.get('storage', 'api-key')
