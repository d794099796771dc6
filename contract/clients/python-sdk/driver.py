"""Carries out operations with the Databricks SDK for Python: JSON lines in, JSON lines out, one answer for each line.

The first line out names the SDK's version. After that, a line in is
{"host": ..., "token": ..., "workspaceId": ... (optional), "operation": {"do": ...}}, with "signIn" where the SDK has to get
its token itself, and a line out is one of
{"answer": ...}, {"error": {"kind": ..., "code": ..., "text": ...}}, and {"cannotSay": true}.
"""

import contextlib
import functools
import json
import os
import sys

from databricks.sdk import WorkspaceClient
from databricks.sdk.config import Config
from databricks.sdk.common.types.fieldmask import FieldMask
from databricks.sdk.service.catalog import Secret
from databricks.sdk.service.compute import ClusterSource, ListClustersFilterBy
from databricks.sdk.service.workspace import (
    AclPermission,
    AzureKeyVaultSecretScopeMetadata,
    ScopeBackendType,
)
from databricks.sdk.version import __version__
from google.protobuf.timestamp_pb2 import Timestamp


class CannotSay(Exception):
    """The SDK has no words for this operation."""


# Each client asks its host for metadata first, as it does once for a user's program.
@functools.lru_cache(maxsize=8)
def client(host, token, sign_in, workspace_id):
    if sign_in is None:
        return WorkspaceClient(host=host, token=token, workspace_id=workspace_id)
    given = json.loads(sign_in)
    config = Config(
        host=host,
        workspace_id=workspace_id,
        auth_type=given["authType"],
        client_id=given.get("clientId"),
        client_secret=given.get("clientSecret"),
        oidc_token_filepath=given.get("oidcTokenFile"),
        token_audience=given.get("tokenAudience"),
    )
    return WorkspaceClient(config=config)


@contextlib.contextmanager
def environment(sign_in):
    """What the SDK reads from there alone, when it is set up and again for each token."""
    github = sign_in.get("github", {})
    variables = {
        "DATABRICKS_OIDC_TOKEN": sign_in.get("oidcToken"),
        "ACTIONS_ID_TOKEN_REQUEST_URL": github.get("url"),
        "ACTIONS_ID_TOKEN_REQUEST_TOKEN": github.get("requestToken"),
    }
    given = {name: value for name, value in variables.items() if value is not None}
    os.environ.update(given)
    try:
        yield
    finally:
        for name in given:
            del os.environ[name]


def cannot_say(w, operation):
    raise CannotSay


def create_scope(w, operation):
    vault = operation.get("keyVault")
    backend = {}
    if vault is not None:
        backend = {
            "scope_backend_type": ScopeBackendType.AZURE_KEYVAULT,
            "backend_azure_keyvault": AzureKeyVaultSecretScopeMetadata(
                resource_id=vault["resourceId"], dns_name=vault["dnsName"]
            ),
        }
    w.secrets.create_scope(
        operation["scope"], initial_manage_principal=operation.get("initialManagePrincipal"), **backend
    )


def put_acl(w, operation):
    permission = AclPermission.__members__.get(operation["permission"])
    if permission is None:
        raise CannotSay
    w.secrets.put_acl(operation["scope"], operation["principal"], permission)


def put(w, operation, **value):
    w.secrets.put_secret(operation["scope"], operation["key"], **value)


def listed_scope(scope):
    vault = {} if scope.keyvault_metadata is None else {"vault": scope.keyvault_metadata.dns_name}
    return {"name": scope.name, "backend": scope.backend_type and scope.backend_type.value, **vault}


def acl(item):
    return {"principal": item.principal, "permission": item.permission and item.permission.value}


def get_secret(w, operation):
    secret = w.secrets.get_secret(operation["scope"], operation["key"])
    return {"key": secret.key, "base64": secret.value}


def full_name(operation):
    return f"{operation['schema']}.{operation['name']}"


def catalog_secret(operation):
    catalog_name, schema_name = operation["schema"].split(".")
    expire_time = None
    if "expireTime" in operation:
        expire_time = Timestamp()
        expire_time.FromJsonString(operation["expireTime"])
    return Secret(
        name=operation["name"],
        catalog_name=catalog_name,
        schema_name=schema_name,
        value=operation["value"],
        comment=operation.get("comment"),
        owner=operation.get("owner"),
        expire_time=expire_time,
    )


def create_catalog_secret(w, operation):
    w.secrets_uc.create_secret(catalog_secret(operation))


def update_catalog_secret(w, operation):
    w.secrets_uc.update_secret(full_name(operation), catalog_secret(operation), FieldMask(["value"]))


def described_secret(secret):
    comment = {} if secret.comment is None else {"comment": secret.comment}
    end = {} if secret.expire_time is None else {"expireTime": secret.expire_time.ToJsonString()}
    return {"fullName": secret.full_name, "owner": secret.owner, **comment, **end}


def listed_catalog_secrets(w, operation):
    catalog_name, schema_name = operation["schema"].split(".")
    listed = w.secrets_uc.list_secrets(catalog_name=catalog_name, schema_name=schema_name)
    return [described_secret(secret) for secret in listed]


def get_schema(w, operation):
    schema = w.schemas.get(operation["schema"])
    return {"fullName": schema.full_name, "owner": schema.owner}


def listed_clusters(w, operation, page_size):
    sources = operation.get("sources")
    filter_by = None
    if sources is not None:
        filter_by = ListClustersFilterBy(cluster_sources=[ClusterSource(source) for source in sources])
    return w.clusters.list(filter_by=filter_by, page_size=page_size)


LISTS = {
    "clusters": listed_clusters,
    "jobs": lambda w, o, size: w.jobs.list(expand_tasks=True, limit=size),
    "clusterPolicies": lambda w, o, size: w.cluster_policies.list(),
    "pipelines": lambda w, o, size: w.pipelines.list_pipelines(max_results=size),
    "servingEndpoints": lambda w, o, size: w.serving_endpoints.list(),
    "apps": lambda w, o, size: w.apps.list(page_size=size),
}

GETS = {
    "jobs": lambda w, id: w.jobs.get(int(id)),
    "pipelines": lambda w, id: w.pipelines.get(id),
    "servingEndpoints": lambda w, id: w.serving_endpoints.get(id),
}


def listed_consumers(w, operation):
    listed = LISTS[operation["kind"]](w, operation, operation.get("pageSize"))
    return [consumer.as_dict() for consumer in listed]


def caller(me):
    return {"name": me.user_name, "groups": [group.display for group in me.groups or []]}


OPERATIONS = {
    "createScope": create_scope,
    "listScopes": lambda w, o: [listed_scope(scope) for scope in w.secrets.list_scopes()],
    "deleteScope": lambda w, o: w.secrets.delete_scope(o["scope"]),
    "putString": lambda w, o: put(w, o, string_value=o["value"]),
    "putBytes": lambda w, o: put(w, o, bytes_value=o["base64"]),
    "putBoth": lambda w, o: put(w, o, string_value="fake", bytes_value="ZmFrZQ=="),
    "putNotBase64": lambda w, o: put(w, o, bytes_value="not base64!"),
    "putNotJson": cannot_say,
    "putNeither": lambda w, o: put(w, o),
    "deleteSecret": lambda w, o: w.secrets.delete_secret(o["scope"], o["key"]),
    "getSecret": get_secret,
    "listSecrets": lambda w, o: [
        {"key": secret.key, "lastUpdated": secret.last_updated_timestamp}
        for secret in w.secrets.list_secrets(o["scope"])
    ],
    "putAcl": put_acl,
    "deleteAcl": lambda w, o: w.secrets.delete_acl(o["scope"], o["principal"]),
    "getAcl": lambda w, o: acl(w.secrets.get_acl(o["scope"], o["principal"])),
    "listAcls": lambda w, o: [acl(item) for item in w.secrets.list_acls(o["scope"])],
    "createCatalogSecret": create_catalog_secret,
    "updateCatalogSecret": update_catalog_secret,
    "deleteCatalogSecret": lambda w, o: w.secrets_uc.delete_secret(full_name(o)),
    "getCatalogSecret": lambda w, o: described_secret(w.secrets_uc.get_secret(full_name(o))),
    "readCatalogSecret": lambda w, o: {
        "value": w.secrets_uc.get_secret(full_name(o), include_value=True).effective_value
    },
    "listCatalogSecrets": listed_catalog_secrets,
    "getSchema": get_schema,
    "changeGrants": cannot_say,
    "listGrants": cannot_say,
    "deployBundle": cannot_say,
    "whoAmI": lambda w, o: caller(w.current_user.me()),
    "listConsumers": listed_consumers,
    "getConsumer": lambda w, o: GETS[o["kind"]](w, o["id"]).as_dict(),
    "getWarehousesConfig": lambda w, o: w.warehouses.get_workspace_warehouse_config().as_dict(),
}


def reply(line):
    request = json.loads(line)
    operation = request["operation"]
    carry_out = OPERATIONS[operation["do"]]
    sign_in = request.get("signIn")
    try:
        with environment(sign_in or {}):
            known = None if sign_in is None else json.dumps(sign_in)
            w = client(request["host"], request["token"], known, request.get("workspaceId"))
            return {"answer": carry_out(w, operation)}
    except CannotSay:
        return {"cannotSay": True}
    except Exception as error:
        # config.py has no discovery_url but that of the host's own description, and without one asks for the URL "None".
        if sign_in is not None and "Invalid URL 'None'" in str(error):
            return {"cannotSay": True}
        code = getattr(error, "error_code", None)
        report = {"kind": type(error).__name__, "text": str(error)}
        return {"error": report if code is None else {**report, "code": str(code)}}


def write(message):
    print(json.dumps(message), flush=True)


write({"version": __version__})
for line in sys.stdin:
    write(reply(line))
