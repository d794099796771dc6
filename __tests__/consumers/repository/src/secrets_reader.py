"""Reads secrets in the styles that modules use."""

from databricks.sdk import WorkspaceClient
from pyspark.dbutils import DBUtils

w = WorkspaceClient()


def read(spark):
    """For example: dbutils.secrets.get("storage", "in-a-docstring")."""
    one = DBUtils(spark).secrets.get(scope="storage", key="module-one")
    two = w.dbutils.secrets.get("storage", key="module-two")
    three = w.secrets.get_secret(scope=r"storage", key="module-three").value
    query = spark.sql("SELECT secret('storage', 'module-sql')")
    script = "print(dbutils.secrets.get(scope=\"storage\", key=\"module-escaped\"))"
    vault = hvac.Client().secrets.kv.v2.read_secret_version(path="storage")
    four = self.secrets.get("storage")
    return one, two, three, query, script, vault, four
