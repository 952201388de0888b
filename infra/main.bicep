// One side of a mirror as an Azure Functions app, and all it needs: infra/deploy applies it. docs/functions.md explains it.
//
// Not compiled: no Bicep compiler was at hand when this was written. Types, versions and properties are those of Microsoft's templates for
// Flex Consumption with managed identities and of the resources' reference pages. `az bicep build -f infra/main.bicep` is the first thing to do.

@description('produce writes the bucket, consume reads it, sync needs none.')
@allowed(['produce', 'consume', 'sync'])
param role string

@description('The app\'s name, unique in the world: it is the first part of its address.')
@minLength(2)
@maxLength(32) // The host's id is cut off here, and two apps that share an id take each other's timers.
param name string

param location string = resourceGroup().location

@description('When to look for work: six fields, seconds first.')
param schedule string = role == 'consume' ? '0 */5 * * * *' : '0 */15 * * * *'

@description('The configuration: a file of the package, or an object such as az://ACCOUNT/CONTAINER/mirror.yaml.')
param configuration string = 'mirror.yaml'

@description('For produce: the far side\'s queue, where one is in reach. Empty: the far side finds out by its sweep.')
param hintQueue string = ''

@description('For consume: the object ids of the identities that may add hints, which is what this template puts out on the other side.')
param hintSenders array = []

@description('Where alerts go. Empty: they are seen in the portal only.')
param alertEmail string = ''

@description('For produce: the object ids of the identities that may read the bucket, which is what this template puts out on the other side.')
param readers array = []

@description('The name of the secret in the vault that the forges sign with. Empty: no webhooks.')
param webhookSecret string = ''

module app 'modules/app.bicep' = {
  name: '${name}-app'
  params: {
    name: name
    location: location
    role: role
    schedule: schedule
    configuration: configuration
    hintQueue: hintQueue
    hintSenders: role == 'consume' ? hintSenders : []
    webhookSecret: webhookSecret
  }
}

module bucket 'modules/bucket.bicep' = if (role == 'produce') {
  name: '${name}-bucket'
  params: {
    location: location
    writer: app.outputs.principalId
    readers: readers
  }
}

module alerts 'modules/alerts.bicep' = {
  name: '${name}-alerts'
  params: {
    name: name
    location: location
    workspaceId: app.outputs.workspaceId
    email: alertEmail
  }
}

output app string = name
@description('For the other side\'s readers.')
output principalId string = app.outputs.principalId
@description('Where the secrets are put, which the configuration names as keyvault:THIS/secrets/NAME.')
output vault string = app.outputs.vault
@description('For the configuration.')
output state string = app.outputs.state
@description('For the other side\'s hintQueue.')
output hintQueue string = role == 'consume' ? app.outputs.hintQueue : ''
output store string = role == 'produce' ? bucket!.outputs.store : ''
