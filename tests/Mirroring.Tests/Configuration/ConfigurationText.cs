using System.Text;

namespace Mirror.Mirroring.Tests;

/// <summary>Reads configurations from text, as if they stood in <c>/etc/mirror/mirror.yaml</c>.</summary>
internal static class ConfigurationText
{
    public const string Path = "/etc/mirror/mirror.yaml";

    public static MirrorConfiguration Read(string yaml, params (string Name, string Value)[] environment) =>
        ConfigurationFile.Parse(Encoding.UTF8.GetBytes(yaml), Path, name => environment.FirstOrDefault(pair => pair.Name == name).Value);

    /// <summary>Each error as <c>LINE:COLUMN: what</c>.</summary>
    public static string[] Errors(string yaml, params (string Name, string Value)[] environment)
    {
        var exception = Assert.Throws<ConfigurationException>(() => Read(yaml, environment));
        return [.. exception.Errors.Select(error => $"{error.Line}:{error.Column}: {error.Message}")];
    }

    /// <summary>A file that uses every key.</summary>
    public const string Full = """
        # every key
        store: s3://transfer/team/a?region=eu-west-1&endpoint=https://s3.near.example:9000
        state: ./state
        age:
          recipients: [age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p, "file:far.pub"]
          identities: [file:far.key, env:AGE_IDENTITY]
        signing:
          key: file:producer_ed25519
          trusted: ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f producer"]
        source_base_url: https://gitlab.near.example
        destination_base_url: https://gitlab.far.example/
        credentials:
          - match: https://gitlab.near.example/
            username: oauth2
            password: env:GITLAB_TOKEN
          - match: https://github.com/acme/
            username: x-access-token
            password: keyvault:https://v.vault.azure.net/secrets/app
        defaults: { refs: [refs/heads/*, ^refs/heads/tmp/*], prune: false, diverged: preserve, expired: warn, objective: 15m, deadline: 2h,
          ping_url: "https://ping.example/d41d8cd98f00b204/{mirror}" }
        mirrors:
          - source: https://git.near.example/cloud/route-manager.git
            destination: ssh://git@git.far.example:2222/ce/routy.git
            refs: ["refs/heads/master:refs/heads/main", "^refs/heads/old"]
            name: routing/routy
            prune: true
            diverged: refuse
            expired: hold
            objective: 1d
            deadline: 30m
            ping_url: env:PING
          - source: ../near/plain
            destination: git@git.far.example:ce/plain.git
          - source:      { group: cloud-engineering, project_name: route-manager, branch: master }
            destination: { group: ce/sub, project_name: routy, branch: 1.0 }
        accept: [ce/*, platform/terramorpher]
        """;
}
