// The transfer bucket, in an account of its own: who may read it has nothing else to reach there. Never deployed: see ../main.bicep.

param location string
param writer string
param readers array
param networkAcls object

resource storage 'Microsoft.Storage/storageAccounts@2023-05-01' = {
  name: 'tr${uniqueString(resourceGroup().id, writer)}'
  location: location
  kind: 'StorageV2'
  sku: { name: 'Standard_ZRS' }
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
      // Retention removes what is old by itself: this is for what a person removed.
      deleteRetentionPolicy: { enabled: true, days: 7 }
    }
    resource transfer 'containers' = {
      name: 'transfer'
    }
  }
}

resource writes 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(storage::blobs::transfer.id, writer, 'Storage Blob Data Contributor')
  scope: storage::blobs::transfer
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', 'ba92f5b4-2d11-453d-a403-e96b0029c9fe')
    principalId: writer
    principalType: 'ServicePrincipal'
  }
}

resource reads 'Microsoft.Authorization/roleAssignments@2022-04-01' = [for reader in readers: {
  name: guid(storage::blobs::transfer.id, reader, 'Storage Blob Data Reader')
  scope: storage::blobs::transfer
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '2a2b9908-6ea1-4ae2-8e65-a410df84e7d1')
    principalId: reader
    principalType: 'ServicePrincipal'
  }
}]

output store string = 'az://${storage.name}/${storage::blobs::transfer.name}'
