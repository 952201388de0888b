// The package is in an account of its own, which the app's identity has no right on. Flex Consumption writes and reads the package as an
// identity of the site, so there is a second one, with a right on that container alone. It is still an identity of the site: code that has
// taken over the app can ask for it by its id, and replace the package. What this keeps out is a wrong or hostile configuration, which can
// name any store, but acts as the first identity only. See "The package" in docs/functions.md.

param name string
param location string
param networkAcls object

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: 'id-${name}-package'
  location: location
}

resource storage 'Microsoft.Storage/storageAccounts@2023-05-01' = {
  name: 'pk${uniqueString(resourceGroup().id, name)}'
  location: location
  kind: 'StorageV2'
  sku: { name: 'Standard_LRS' }
  properties: {
    accessTier: 'Hot'
    allowBlobPublicAccess: false
    allowSharedKeyAccess: false
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
    networkAcls: networkAcls
  }
  resource blobs 'blobServices' = {
    name: 'default'
    properties: {
      // A package that somebody has replaced can be found, and put back.
      isVersioningEnabled: true
      deleteRetentionPolicy: { enabled: true, days: 30 }
    }
    resource package 'containers' = {
      name: 'package'
    }
  }
}

resource writes 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(storage::blobs::package.id, identity.id, 'Storage Blob Data Contributor')
  scope: storage::blobs::package
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', 'ba92f5b4-2d11-453d-a403-e96b0029c9fe')
    principalId: identity.properties.principalId
    principalType: 'ServicePrincipal'
  }
}

output container string = '${storage.properties.primaryEndpoints.blob}${storage::blobs::package.name}'
output identity string = identity.id
