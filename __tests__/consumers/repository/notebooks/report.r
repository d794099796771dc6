# Databricks notebook source
library(SparkR)

user <- dbutils.secrets.get(scope = "storage", key = 'r-user')
password <- dbutils.secrets.get( 'storage' , "r-password" )
bytes <- dbutils.secrets.getBytes(key='r-bytes', scope='storage')
