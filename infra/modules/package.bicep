// Where the app's own package is: an account that its identity does not own. Flex Consumption writes and reads the package as an identity
// of the site, so there is a second one for it, which may write to this container alone; the program is the first one, which may do nothing here.

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
