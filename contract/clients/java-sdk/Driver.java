import com.databricks.sdk.WorkspaceClient;
import com.databricks.sdk.core.DatabricksConfig;
import com.databricks.sdk.core.DatabricksError;
import com.databricks.sdk.core.UserAgent;
import com.databricks.sdk.core.utils.Environment;
import com.databricks.sdk.core.utils.SerDeUtils;
import com.databricks.sdk.mixin.JobsExt;
import com.databricks.sdk.service.apps.ListAppsRequest;
import com.databricks.sdk.service.catalog.CreateSecretRequest;
import com.databricks.sdk.service.catalog.ListSecretsRequest;
import com.databricks.sdk.service.catalog.SchemaInfo;
import com.databricks.sdk.service.catalog.Secret;
import com.databricks.sdk.service.catalog.UpdateSecretRequest;
import com.databricks.sdk.service.compute.ClusterSource;
import com.databricks.sdk.service.compute.ListClusterPoliciesRequest;
import com.databricks.sdk.service.compute.ListClustersFilterBy;
import com.databricks.sdk.service.compute.ListClustersRequest;
import com.databricks.sdk.service.iam.ComplexValue;
import com.databricks.sdk.service.iam.MeRequest;
import com.databricks.sdk.service.iam.User;
import com.databricks.sdk.service.jobs.ListJobsRequest;
import com.databricks.sdk.service.pipelines.ListPipelinesRequest;
import com.databricks.sdk.service.workspace.AclItem;
import com.databricks.sdk.service.workspace.AclPermission;
import com.databricks.sdk.service.workspace.AzureKeyVaultSecretScopeMetadata;
import com.databricks.sdk.service.workspace.CreateScope;
import com.databricks.sdk.service.workspace.DeleteAcl;
import com.databricks.sdk.service.workspace.DeleteSecret;
import com.databricks.sdk.service.workspace.GetSecretResponse;
import com.databricks.sdk.service.workspace.PutAcl;
import com.databricks.sdk.service.workspace.PutSecret;
import com.databricks.sdk.service.workspace.ScopeBackendType;
import com.databricks.sdk.service.workspace.SecretMetadata;
import com.databricks.sdk.service.workspace.SecretScope;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.FieldMask;
import com.google.protobuf.util.Timestamps;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Carries out operations with the Databricks SDK for Java: JSON lines in, JSON lines out, one answer for each line.
 *
 * <p>The first line out names the SDK's version. After that, a line in is
 * {"host": ..., "token": ..., "workspaceId": ... (optional), "operation": {"do": ...}}, with "signIn" where the SDK has to
 * get its token itself, and a line out is one of
 * {"answer": ...}, {"error": {"kind": ..., "code": ..., "status": ..., "text": ...}}, and {"cannotSay": true}.
 */
final class Driver {
  /** The SDK has no words for this operation. */
  private static final class CannotSay extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  // Readers of lines in JavaScript take U+2028 for the end of one.
  private static final ObjectMapper JSON =
      JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

  /** Writes what the SDK has read with the fields of the REST reference. */
  private static final ObjectMapper WIRE = SerDeUtils.createMapper();

  /** A client for each target, as a program would keep one: each first asks its host for metadata. */
  private static final Map<String, WorkspaceClient> CLIENTS =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, WorkspaceClient> eldest) {
          return size() > 8;
        }
      };

  public static void main(String[] args) throws IOException {
    PrintStream answers = System.out;
    // Whatever else is printed must not end up between the answers.
    System.setOut(System.err);
    answers.println(JSON.writeValueAsString(Map.of("version", version())));
    BufferedReader requests = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = requests.readLine(); line != null; line = requests.readLine()) {
      answers.println(JSON.writeValueAsString(reply(JSON.readTree(line))));
    }
    // A thread of the SDK that renews a token would keep the process.
    System.exit(0);
  }

  private static String version() {
    Matcher product = Pattern.compile("databricks-sdk-java/(\\S+)").matcher(UserAgent.asString());
    if (!product.find()) throw new IllegalStateException("The SDK does not name its version.");
    return product.group(1);
  }

  private static Map<String, Object> reply(JsonNode request) {
    try {
      Map<String, Object> reply = new HashMap<>();
      reply.put("answer", carryOut(clientFor(request), request.get("operation")));
      return reply;
    } catch (CannotSay silence) {
      return Map.of("cannotSay", true);
    } catch (RuntimeException error) {
      return Map.of("error", described(error));
    }
  }

  private static Map<String, Object> described(RuntimeException error) {
    Map<String, Object> described = new HashMap<>();
    described.put("kind", error.getClass().getSimpleName());
    described.put("text", String.valueOf(error.getMessage()));
    if (error instanceof DatabricksError refusal) {
      described.put("status", refusal.getStatusCode());
      if (refusal.getErrorCode() != null) described.put("code", refusal.getErrorCode());
    }
    return described;
  }

  private static WorkspaceClient clientFor(JsonNode request) {
    ObjectNode target = request.deepCopy();
    target.remove("operation");
    return CLIENTS.computeIfAbsent(target.toString(), unknown -> newClient(request));
  }

  private static WorkspaceClient newClient(JsonNode request) {
    JsonNode signIn = request.path("signIn");
    DatabricksConfig config =
        new JobConfig(signIn)
            .setHost(text(request, "host"))
            .setWorkspaceId(text(request, "workspaceId"));
    if (signIn.isMissingNode()) return new WorkspaceClient(config.setToken(text(request, "token")));
    config
        .setAuthType(text(signIn, "authType"))
        .setClientId(text(signIn, "clientId"))
        .setClientSecret(text(signIn, "clientSecret"))
        .setOidcTokenFilepath(text(signIn, "oidcTokenFile"))
        .setTokenAudience(text(signIn, "tokenAudience"));
    return new WorkspaceClient(config);
  }

  /** A configuration with the variables of a job. The SDK takes them from the process, where Java cannot set any. */
  private static final class JobConfig extends DatabricksConfig {
    private final Environment variables;

    JobConfig(JsonNode signIn) {
      Map<String, String> given = new HashMap<>(System.getenv());
      set(given, "DATABRICKS_OIDC_TOKEN", text(signIn, "oidcToken"));
      set(given, "ACTIONS_ID_TOKEN_REQUEST_URL", text(signIn.path("github"), "url"));
      set(given, "ACTIONS_ID_TOKEN_REQUEST_TOKEN", text(signIn.path("github"), "requestToken"));
      variables = new Environment(given, new String[0], System.getProperty("os.name"));
    }

    @Override
    public Environment getEnv() {
      return variables;
    }
  }

  private static void set(Map<String, String> variables, String name, String value) {
    if (value != null) variables.put(name, value);
  }

  private static Object carryOut(WorkspaceClient w, JsonNode o) {
    return switch (text(o, "do")) {
      case "createScope" -> createScope(w, o);
      case "listScopes" -> listed(w.secrets().listScopes(), Driver::scope);
      case "deleteScope" -> done(() -> w.secrets().deleteScope(text(o, "scope")));
      case "putString" -> put(w, secretOf(o).setStringValue(text(o, "value")));
      case "putBytes" -> put(w, secretOf(o).setBytesValue(text(o, "base64")));
      case "putBoth" -> put(w, secretOf(o).setStringValue("fake").setBytesValue("ZmFrZQ=="));
      case "putNotBase64" -> put(w, secretOf(o).setBytesValue("not base64!"));
      case "putNeither" -> put(w, secretOf(o));
      case "deleteSecret" -> deleteSecret(w, o);
      case "getSecret" -> secret(w.secrets().getSecret(text(o, "scope"), text(o, "key")));
      case "listSecrets" -> listed(w.secrets().listSecrets(text(o, "scope")), Driver::metadata);
      case "putAcl" -> putAcl(w, o);
      case "deleteAcl" -> deleteAcl(w, o);
      case "getAcl" -> acl(w.secrets().getAcl(text(o, "scope"), text(o, "principal")));
      case "listAcls" -> listed(w.secrets().listAcls(text(o, "scope")), Driver::acl);
      case "whoAmI" -> caller(w.currentUser().me(new MeRequest()));
      case "listConsumers" -> listConsumers(w, o);
      case "getConsumer" -> WIRE.valueToTree(consumer(w, text(o, "kind"), text(o, "id")));
      case "getWarehousesConfig" -> WIRE.valueToTree(w.warehouses().getWorkspaceWarehouseConfig());
      case "createCatalogSecret" ->
          done(() -> w.secretsUc().createSecret(new CreateSecretRequest().setSecret(catalogSecretOf(o))));
      case "updateCatalogSecret" -> updateCatalogSecret(w, o);
      case "deleteCatalogSecret" -> done(() -> w.secretsUc().deleteSecret(fullName(o)));
      case "getCatalogSecret" -> catalogSecret(w.secretsUc().getSecret(fullName(o)));
      case "listCatalogSecrets" -> listCatalogSecrets(w, o);
      case "getSchema" -> schema(w.schemas().get(text(o, "schema")));
      // `cannotSay` in client.ts says why.
      case "putNotJson", "readCatalogSecret", "changeGrants", "listGrants", "deployBundle" -> throw new CannotSay();
      default -> throw new IllegalArgumentException("There is no operation " + text(o, "do") + ".");
    };
  }

  private static Object createScope(WorkspaceClient w, JsonNode o) {
    CreateScope creation =
        new CreateScope()
            .setScope(text(o, "scope"))
            .setInitialManagePrincipal(text(o, "initialManagePrincipal"));
    JsonNode vault = o.get("keyVault");
    if (vault != null) {
      creation
          .setScopeBackendType(ScopeBackendType.AZURE_KEYVAULT)
          .setBackendAzureKeyvault(
              new AzureKeyVaultSecretScopeMetadata()
                  .setResourceId(text(vault, "resourceId"))
                  .setDnsName(text(vault, "dnsName")));
    }
    return done(() -> w.secrets().createScope(creation));
  }

  private static PutSecret secretOf(JsonNode o) {
    return new PutSecret().setScope(text(o, "scope")).setKey(text(o, "key"));
  }

  private static Object put(WorkspaceClient w, PutSecret secret) {
    return done(() -> w.secrets().putSecret(secret));
  }

  private static Object deleteSecret(WorkspaceClient w, JsonNode o) {
    DeleteSecret removal = new DeleteSecret().setScope(text(o, "scope")).setKey(text(o, "key"));
    return done(() -> w.secrets().deleteSecret(removal));
  }

  private static Object putAcl(WorkspaceClient w, JsonNode o) {
    String named = text(o, "permission");
    AclPermission permission =
        Arrays.stream(AclPermission.values())
            .filter(each -> each.name().equals(named))
            .findFirst()
            .orElseThrow(CannotSay::new);
    PutAcl granted =
        new PutAcl()
            .setScope(text(o, "scope"))
            .setPrincipal(text(o, "principal"))
            .setPermission(permission);
    return done(() -> w.secrets().putAcl(granted));
  }

  private static Object deleteAcl(WorkspaceClient w, JsonNode o) {
    DeleteAcl removal = new DeleteAcl().setScope(text(o, "scope")).setPrincipal(text(o, "principal"));
    return done(() -> w.secrets().deleteAcl(removal));
  }

  private static Object updateCatalogSecret(WorkspaceClient w, JsonNode o) {
    UpdateSecretRequest update =
        new UpdateSecretRequest()
            .setFullName(fullName(o))
            .setSecret(catalogSecretOf(o))
            .setUpdateMask(FieldMask.newBuilder().addPaths("value").build());
    return done(() -> w.secretsUc().updateSecret(update));
  }

  private static Object listCatalogSecrets(WorkspaceClient w, JsonNode o) {
    String[] schema = text(o, "schema").split("\\.");
    ListSecretsRequest request =
        new ListSecretsRequest().setCatalogName(schema[0]).setSchemaName(schema[1]);
    return listed(w.secretsUc().listSecrets(request), Driver::catalogSecret);
  }

  private static Secret catalogSecretOf(JsonNode o) {
    String[] schema = text(o, "schema").split("\\.");
    Secret secret =
        new Secret()
            .setName(text(o, "name"))
            .setCatalogName(schema[0])
            .setSchemaName(schema[1])
            .setValue(text(o, "value"))
            .setComment(text(o, "comment"))
            .setOwner(text(o, "owner"));
    String end = text(o, "expireTime");
    try {
      return end == null ? secret : secret.setExpireTime(Timestamps.parse(end));
    } catch (ParseException error) {
      throw new IllegalArgumentException("The end is no time.", error);
    }
  }

  private static String fullName(JsonNode o) {
    return text(o, "schema") + "." + text(o, "name");
  }

  private static Object listConsumers(WorkspaceClient w, JsonNode o) {
    Long size = o.has("pageSize") ? o.get("pageSize").asLong() : null;
    Iterable<?> consumers =
        switch (text(o, "kind")) {
          case "clusters" -> w.clusters().list(clustersRequest(o.path("sources"), size));
          case "jobs" -> jobs(w).list(new ListJobsRequest().setExpandTasks(true).setLimit(size));
          case "clusterPolicies" -> w.clusterPolicies().list(new ListClusterPoliciesRequest());
          case "pipelines" -> w.pipelines().listPipelines(new ListPipelinesRequest().setMaxResults(size));
          case "servingEndpoints" -> w.servingEndpoints().list();
          case "apps" -> w.apps().list(new ListAppsRequest().setPageSize(size));
          default -> throw new IllegalArgumentException("There is no list of " + text(o, "kind") + ".");
        };
    List<JsonNode> listed = new ArrayList<>();
    for (Object consumer : consumers) listed.add(WIRE.valueToTree(consumer));
    return listed;
  }

  private static ListClustersRequest clustersRequest(JsonNode sources, Long size) {
    ListClustersRequest request = new ListClustersRequest().setPageSize(size);
    if (sources.isMissingNode()) return request;
    List<ClusterSource> wanted = new ArrayList<>();
    for (JsonNode source : sources) wanted.add(ClusterSource.valueOf(source.asText()));
    return request.setFilterBy(new ListClustersFilterBy().setClusterSources(wanted));
  }

  private static Object consumer(WorkspaceClient w, String kind, String id) {
    return switch (kind) {
      case "jobs" -> jobs(w).get(Long.parseLong(id));
      case "pipelines" -> w.pipelines().get(id);
      case "servingEndpoints" -> w.servingEndpoints().get(id);
      default -> throw new IllegalArgumentException("None of " + kind + " is read on its own.");
    };
  }

  /** WorkspaceClient.java, 0.141.0, has the class that leaves later pages of a job to its user. */
  private static JobsExt jobs(WorkspaceClient w) {
    return new JobsExt(w.apiClient());
  }

  private static Map<String, Object> caller(User me) {
    List<String> groups = new ArrayList<>();
    if (me.getGroups() != null) {
      for (ComplexValue group : me.getGroups()) groups.add(group.getDisplay());
    }
    return fields("name", me.getUserName(), "groups", groups);
  }

  private static Map<String, Object> scope(SecretScope scope) {
    Map<String, Object> described = fields("name", scope.getName(), "backend", scope.getBackendType());
    if (scope.getKeyvaultMetadata() != null) described.put("vault", scope.getKeyvaultMetadata().getDnsName());
    return described;
  }

  private static Map<String, Object> metadata(SecretMetadata secret) {
    return fields("key", secret.getKey(), "lastUpdated", secret.getLastUpdatedTimestamp());
  }

  private static Map<String, Object> secret(GetSecretResponse secret) {
    return fields("key", secret.getKey(), "base64", secret.getValue());
  }

  private static Map<String, Object> acl(AclItem item) {
    return fields("principal", item.getPrincipal(), "permission", item.getPermission());
  }

  private static Map<String, Object> schema(SchemaInfo schema) {
    return fields("fullName", schema.getFullName(), "owner", schema.getOwner());
  }

  private static Map<String, Object> catalogSecret(Secret secret) {
    Map<String, Object> described = fields("fullName", secret.getFullName(), "owner", secret.getOwner());
    if (secret.getComment() != null) described.put("comment", secret.getComment());
    if (secret.getExpireTime() != null) {
      described.put("expireTime", Timestamps.toString(secret.getExpireTime()));
    }
    return described;
  }

  private static Map<String, Object> fields(String one, Object first, String other, Object second) {
    Map<String, Object> fields = new HashMap<>();
    fields.put(one, first);
    fields.put(other, second);
    return fields;
  }

  private static <T> List<Object> listed(Iterable<T> elements, Function<T, Map<String, Object>> describe) {
    List<Object> listed = new ArrayList<>();
    for (T element : elements) listed.add(describe.apply(element));
    return listed;
  }

  private static Object done(Runnable call) {
    call.run();
    return null;
  }

  /** The text of a field; null where it is missing. */
  private static String text(JsonNode node, String field) {
    return node.path(field).asText(null);
  }
}
