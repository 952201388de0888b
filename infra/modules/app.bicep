// The function app, its identity, its own storage (queues, ledgers), its vault and its logs. Never deployed: see ../main.bicep.

param name string
param location string
param role string
param schedule string
param configuration string
param hintQueue string
param webhookKeyName string
param subnet string
param networkAcls object
param package string
param packageIdentity string
param hintSenders array

var token = uniqueString(resourceGroup().id, name)

// What a role does not need is disabled, or it would run all the same.
var functions = ['Plan', 'Produce', 'Sync', 'Sweep', 'Hints', 'Consume', 'Webhook', 'Status', 'Late', 'Poison']
var needed = {
  produce: ['Plan', 'Produce', 'Webhook', 'Status', 'Late', 'Poison']
  sync: ['Plan', 'Sync', 'Webhook', 'Status', 'Late', 'Poison']
  consume: ['Sweep', 'Hints', 'Consume', 'Status', 'Late', 'Poison']
}
var idle = filter(functions, each => !contains(needed[role], each) || (each == 'Webhook' && empty(webhookKeyName)))

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: 'id-${name}'
  location: location
}

// The host's own account. No keys: whoever is let in is the identity.
resource storage 'Microsoft.Storage/storageAccounts@2023-05-01' = {
  name: 'st${token}'
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
    resource state 'containers' = {
      name: 'state'
    }
  }
  resource queues 'queueServices' = {
    name: 'default'
    resource jobs 'queues' = [for job in ['produce', 'sync', 'consume']: {
      name: 'mirror-${job}'
    }]
    // Of its own: the right to add to it is one that the other side holds.
    resource hints 'queues' = {
      name: 'mirror-hints'
    }
  }
}

resource vault 'Microsoft.KeyVault/vaults@2023-07-01' = {
  name: 'kv-${token}'
  location: location
  properties: {
    tenantId: subscription().tenantId
    sku: { family: 'A', name: 'standard' }
    enableRbacAuthorization: true
    enablePurgeProtection: true
    networkAcls: networkAcls
  }
}

resource workspace 'Microsoft.OperationalInsights/workspaces@2023-09-01' = {
  name: 'log-${name}'
  location: location
  properties: {
    retentionInDays: 30
    sku: { name: 'PerGB2018' }
  }
}

resource insights 'Microsoft.Insights/components@2020-02-02' = {
  name: 'appi-${name}'
  location: location
  kind: 'web'
  properties: {
    Application_Type: 'web'
    WorkspaceResourceId: workspace.id
    DisableLocalAuth: true
  }
}

// The host keeps its locks, keys and timers in blobs, and makes containers for them: less than Owner does not do, says its documentation.
resource ownsBlobs 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(storage.id, identity.id, 'Storage Blob Data Owner')
  scope: storage
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b')
    principalId: identity.properties.principalId
    principalType: 'ServicePrincipal'
  }
}

// It sends and takes messages, and makes the poison queues.
resource usesQueues 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(storage.id, identity.id, 'Storage Queue Data Contributor')
  scope: storage
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '974c5e8b-45b9-4653-ba55-5f855dd0fb88')
    principalId: identity.properties.principalId
    principalType: 'ServicePrincipal'
  }
}

// The near side's app: it adds hints, and can do nothing else here.
resource addsHints 'Microsoft.Authorization/roleAssignments@2022-04-01' = [for sender in hintSenders: {
  name: guid(storage::queues::hints.id, sender, 'Storage Queue Data Message Sender')
  scope: storage::queues::hints
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', 'c6a89b2d-59bc-44d0-9896-0f6e12d7b80a')
    principalId: sender
    principalType: 'ServicePrincipal'
  }
}]

resource readsSecrets 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(vault.id, identity.id, 'Key Vault Secrets User')
  scope: vault
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '4633458b-17de-408a-b874-0445c86b69e6')
    principalId: identity.properties.principalId
    principalType: 'ServicePrincipal'
  }
}

resource writesLogs 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(insights.id, identity.id, 'Monitoring Metrics Publisher')
  scope: insights
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '3913510d-42f4-4e42-8a64-420c390055eb')
    principalId: identity.properties.principalId
    principalType: 'ServicePrincipal'
  }
}

resource plan 'Microsoft.Web/serverfarms@2024-04-01' = {
  name: 'plan-${name}'
  location: location
  kind: 'functionapp'
  sku: { tier: 'FlexConsumption', name: 'FC1' }
  properties: { reserved: true } // Linux
}

resource site 'Microsoft.Web/sites@2024-04-01' = {
  name: name
  location: location
  kind: 'functionapp,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: {
      '${identity.id}': {}
      '${packageIdentity}': {}
    }
  }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    virtualNetworkSubnetId: empty(subnet) ? null : subnet
    functionAppConfig: {
      deployment: {
        storage: {
          type: 'blobContainer'
          value: package
          authentication: { type: 'UserAssignedIdentity', userAssignedIdentityResourceId: packageIdentity }
        }
      }
      // The smallest that the plan's templates allow; queues scale by batchSize + newBatchThreshold of host.json.
      scaleAndConcurrency: { maximumInstanceCount: 40, instanceMemoryMB: 2048 }
      // In place of the setting FUNCTIONS_WORKER_RUNTIME, which this plan refuses.
      runtime: { name: 'custom', version: '1.0' }
    }
  }
  // Before the app asks for anything, it may.
  dependsOn: [ownsBlobs, usesQueues, readsSecrets, writesLogs]

  // No user name and password for deploying: who may deploy is said by roles.
  resource ftp 'basicPublishingCredentialsPolicies' = {
    name: 'ftp'
    properties: { allow: false }
  }
  resource scm 'basicPublishingCredentialsPolicies' = {
    name: 'scm'
    properties: { allow: false }
  }

  resource settings 'config' = {
    name: 'appsettings'
    properties: union(
      {
        AzureWebJobsStorage__accountName: storage.name
        AzureWebJobsStorage__credential: 'managedidentity'
        AzureWebJobsStorage__clientId: identity.properties.clientId
        APPLICATIONINSIGHTS_CONNECTION_STRING: insights.properties.ConnectionString
        APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${identity.properties.clientId};Authorization=AAD'
        AZURE_CLIENT_ID: identity.properties.clientId // Which identity the program is, to storage and to the vault.
        MIRROR_ROLES: role
        MIRROR_CONFIG: configuration
        MIRROR_SCHEDULE: schedule
        MIRROR_SWEEP_SCHEDULE: schedule
      },
      empty(hintQueue) ? {} : { MIRROR_HINT_QUEUE: hintQueue },
      empty(webhookKeyName) ? {} : { MIRROR_WEBHOOK_SECRET: 'keyvault:${vault.properties.vaultUri}secrets/${webhookKeyName}' },
      toObject(idle, each => 'AzureWebJobs.${each}.Disabled', each => 'true')
    )
  }
}

output principalId string = identity.properties.principalId
output workspaceId string = workspace.id
output vault string = vault.properties.vaultUri
output hintQueue string = '${storage.properties.primaryEndpoints.queue}${storage::queues::hints.name}'
output state string = 'az://${storage.name}/${storage::blobs::state.name}'
