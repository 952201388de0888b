// What nobody would see otherwise: a mirror that falls behind, a message that nobody can do anything with, an app that stands still.
// All three read what the program writes to its log: one line of JSON for each run, and a few words. Never deployed: see ../main.bicep.

param name string
param location string
param workspaceId string
param email string

resource people 'Microsoft.Insights/actionGroups@2023-01-01' = if (!empty(email)) {
  name: 'ag-${name}'
  location: 'global'
  properties: {
    groupShortName: 'mirror'
    enabled: true
    emailReceivers: [{ name: 'mirror', emailAddress: email, useCommonAlertSchema: true }]
  }
}

var actions = { actionGroups: empty(email) ? [] : [people.id] }
var once = { numberOfEvaluationPeriods: 1, minFailingPeriodsToAlert: 1 }

resource late 'Microsoft.Insights/scheduledQueryRules@2021-08-01' = {
  name: '${name}-late'
  location: location
  kind: 'LogAlert'
  properties: {
    displayName: '${name}: a mirror is late'
    description: 'Its lag is more than its objective. The status page has the reason.'
    severity: 2
    enabled: true
    scopes: [workspaceId]
    evaluationFrequency: 'PT30M'
    windowSize: 'PT30M' // The function Late looks every quarter of an hour, as the status page does: docs/functions.md says what lag is.
    skipQueryValidation: true // The table comes with the first line in it.
    criteria: {
      allOf: [
        {
          query: '''
            AppTraces
            | where Message startswith '{"late":'
            | extend line = parse_json(Message)
            | extend mirror = tostring(line.late)
            | summarize lag = max(tolong(line.lag_seconds)) by mirror
          '''
          dimensions: [{ name: 'mirror', operator: 'Include', values: ['*'] }]
          timeAggregation: 'Count'
          operator: 'GreaterThan'
          threshold: 0
          failingPeriods: once
        }
      ]
    }
    actions: actions
  }
}

resource poison 'Microsoft.Insights/scheduledQueryRules@2021-08-01' = {
  name: '${name}-poison'
  location: location
  kind: 'LogAlert'
  properties: {
    displayName: '${name}: a poison queue has messages'
    description: 'Messages that no function could read: docs/functions.md says what to do with them.'
    severity: 2
    enabled: true
    scopes: [workspaceId]
    evaluationFrequency: 'PT30M'
    windowSize: 'PT30M' // The function Poison looks every quarter of an hour.
    skipQueryValidation: true
    criteria: {
      allOf: [
        {
          query: 'AppTraces | where Message has "poison" and (SeverityLevel >= 2 or Message startswith "warning")'
          timeAggregation: 'Count'
          operator: 'GreaterThan'
          threshold: 0
          failingPeriods: once
        }
      ]
    }
    actions: actions
  }
}

resource silent 'Microsoft.Insights/scheduledQueryRules@2021-08-01' = {
  name: '${name}-silent'
  location: location
  kind: 'LogAlert'
  properties: {
    displayName: '${name}: nothing was queued'
    description: 'The timer has not run for six hours, or it failed each time.'
    severity: 1
    enabled: true
    scopes: [workspaceId]
    evaluationFrequency: 'PT1H'
    windowSize: 'PT6H'
    skipQueryValidation: true
    criteria: {
      allOf: [
        {
          query: 'AppTraces | where Message matches regex "^queued [0-9]+ jobs? of mirror-[a-z]+$"'
          timeAggregation: 'Count'
          operator: 'LessThan'
          threshold: 1
          failingPeriods: once
        }
      ]
    }
    actions: actions
  }
}
