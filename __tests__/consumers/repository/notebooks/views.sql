-- Databricks notebook source
CREATE OR REPLACE TABLE orders
USING org.apache.spark.sql.jdbc
OPTIONS (
  url 'jdbc:postgresql://db/orders',
  user SECRET ('storage', 'orders-user'),
  password secret(scope => 'storage', key => 'orders-password')
);
SELECT my_secret('storage', 'not-this'), t.secret('storage', 'nor-this') FROM t;
SELECT secret('storage', concat('or', 'this'));
