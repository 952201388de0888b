// Where the app's traffic leaves from, so that storage and vault can let in that subnet and turn the rest of the world away.

param name string
param location string

resource network 'Microsoft.Network/virtualNetworks@2024-05-01' = {
  name: 'vnet-${name}'
  location: location
  properties: {
    addressSpace: { addressPrefixes: ['10.0.0.0/24'] }
    subnets: [
      {
        name: 'app'
        properties: {
          addressPrefix: '10.0.0.0/26'
          // What Flex Consumption asks for. One subnet for each app: two plans do not share one.
          delegations: [{ name: 'app', properties: { serviceName: 'Microsoft.App/environments' } }]
          // The first is for storage in any region: the other side's bucket may be in another one.
          serviceEndpoints: [{ service: 'Microsoft.Storage.Global' }, { service: 'Microsoft.KeyVault' }]
        }
      }
    ]
  }
}

output subnet string = network.properties.subnets[0].id
