/**
 * Constant strings in credential files of clouds. They are not secrets, and their masks would hide common words and
 * addresses in the whole job.
 *
 * Google: keys of service accounts, users and external accounts, and OAuth clients. Azure: the output of `az ad sp
 * create-for-rbac --json-auth`. AWS: the output of `credential_process`.
 */
export const CREDENTIAL_FILE_CONSTANTS: ReadonlySet<string> = new Set([
  'service_account',
  'authorized_user',
  'external_account',
  'external_account_authorized_user',
  'impersonated_service_account',
  'googleapis.com',
  'https://accounts.google.com/o/oauth2/auth',
  'https://accounts.google.com/o/oauth2/v2/auth',
  'https://accounts.google.com/o/oauth2/token',
  'https://oauth2.googleapis.com/token',
  'https://www.googleapis.com/oauth2/v1/certs',
  'https://www.googleapis.com/oauth2/v3/token',
  'https://www.googleapis.com/oauth2/v4/token',
  'https://sts.googleapis.com/v1/token',
  'https://sts.googleapis.com/v1/introspect',
  'urn:ietf:params:oauth:token-type:jwt',
  'urn:ietf:params:oauth:token-type:id_token',
  'urn:ietf:params:oauth:token-type:saml2',
  'urn:ietf:params:oauth:token-type:access_token',
  'urn:ietf:params:aws:token-type:aws4_request',
  'urn:ietf:wg:oauth:2.0:oob',
  'http://localhost',
  'https://login.microsoftonline.com',
  'https://login.microsoftonline.com/',
  'https://management.azure.com/',
  'https://graph.windows.net/',
  'https://graph.microsoft.com/',
  'https://management.core.windows.net/',
  'https://management.core.windows.net:8443/',
  'https://gallery.azure.com/',
])
