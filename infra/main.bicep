// One side of a mirror as an Azure Functions app, and all it needs: infra/deploy applies it. docs/functions.md explains it.
//
// It compiles with Bicep 0.49 without a warning; it has never been deployed. Types, versions and properties are those of Microsoft's templates for
// Flex Consumption with managed identities and of the resources' reference pages. `az deployment group what-if` is the first thing to do.

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

@description('For produce: the far side\'s queue, where one is in reach. Empty: the far side\'s sweep finds new bundles.')
param hintQueue string = ''

@description('For consume: the object ids of the identities that may add hints, which is what this template puts out on the other side.')
param hintSenders array = []

@description('Where alerts go. Empty: they are seen in the portal only.')
param alertEmail string = ''

@description('For produce: the object ids of the identities that may read the bucket, which is what this template puts out on the other side.')
param readers array = []

@description('What the vault calls the key that the forges sign with. Empty: no webhooks.')
param webhookKeyName string = ''

@description('Whether storage and vault turn away whatever does not come from the app\'s own subnet, or from the two lists that follow.')
param restrictNetworks bool = true

@description('Public IPv4 addresses or ranges that are let in as well: whoever deploys and puts secrets into the vault, and the other side where it is not in Azure.')
param allowedAddresses array = []

@description('The ids of subnets that are let in as well: the output subnet of the other side.')
param allowedSubnets array = []

module network 'modules/network.bicep' = if (restrictNetworks) {
  name: '${name}-network'
  params: {
    name: name
    location: location
  }
}

var subnet = restrictNetworks ? network!.outputs.subnet : ''
// Trusted services of Azure stay let in. Whether deploying would do without was never tried.
var networkAcls = {
  bypass: 'AzureServices'
  defaultAction: restrictNetworks ? 'Deny' : 'Allow'
  ipRules: map(allowedAddresses, address => { value: address })
  virtualNetworkRules: map(concat(restrictNetworks ? [subnet] : [], allowedSubnets), id => { id: id })
}

module package 'modules/package.bicep' = {
  name: '${name}-package'
  params: {
    name: name
    location: location
    networkAcls: networkAcls
  }
}

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
    webhookKeyName: webhookKeyName
    subnet: subnet
    networkAcls: networkAcls
    package: package.outputs.container
    packageIdentity: package.outputs.identity
  }
}

module bucket 'modules/bucket.bicep' = if (role == 'produce') {
  name: '${name}-bucket'
  params: {
    location: location
    writer: app.outputs.principalId
    readers: readers
    networkAcls: networkAcls
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
@description('For the other side\'s allowedSubnets.')
output subnet string = subnet
@description('Where the secrets are put, which the configuration names as keyvault:THIS/secrets/NAME.')
output vault string = app.outputs.vault
@description('For the configuration.')
output state string = app.outputs.state
@description('For the other side\'s hintQueue.')
output hintQueue string = role == 'consume' ? app.outputs.hintQueue : ''
output store string = role == 'produce' ? bucket!.outputs.store : ''
