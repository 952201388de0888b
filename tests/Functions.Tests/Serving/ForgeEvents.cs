namespace Mirror.Functions.Tests.Serving;

/// <summary>Requests as the forges send them, shortened to what surrounds and what resembles the fields that are read.</summary>
internal static class ForgeEvents
{
    /// <summary>docs.github.com, "Webhook events and payloads": push.</summary>
    public const string GitHubPush = """
        {
          "ref": "refs/heads/main",
          "before": "6113728f27ae82c7b1a177c8d03f9e96e0adf246", "after": "76ae82c7b1a177c8d03f9e96e0adf2466113728f",
          "repository": {
            "id": 186853002, "node_id": "MDEwOlJlcG9zaXRvcnkxODY4NTMwMDI=", "name": "routy", "full_name": "ce/routy", "private": true,
            "owner": { "name": "ce", "login": "ce", "html_url": "https://github.com/ce" },
            "html_url": "https://github.com/ce/routy", "url": "https://api.github.com/repos/ce/routy",
            "git_url": "git://github.com/ce/routy.git", "ssh_url": "git@github.com:ce/routy.git",
            "clone_url": "https://github.com/ce/routy.git", "svn_url": "https://github.com/ce/routy",
            "homepage": null, "default_branch": "main"
          },
          "pusher": { "name": "ce", "email": "ce@users.noreply.github.com" }, "created": false, "deleted": false, "forced": false,
          "compare": "https://github.com/ce/routy/compare/6113728f27ae...76ae82c7b1a1",
          "commits": [{
            "id": "76ae82c7b1a177c8d03f9e96e0adf2466113728f", "message": "see https://github.com/ce/other.git",
            "added": [], "removed": [], "modified": ["a.txt"]
          }]
        }
        """;

    /// <summary>What GitHub sends when a webhook is set up.</summary>
    public const string GitHubPing =
        """{ "zen": "Design for failure.", "hook_id": 1, "hook": { "type": "Repository", "events": ["push"] } }""";

    /// <summary>docs.gitlab.com, "Webhook events": push events.</summary>
    public const string GitLabPush = """
        {
          "object_kind": "push", "event_name": "push",
          "before": "95790bf891e76fee5e1747ab589903a6a1f80f22", "after": "da1560886d4f094c3e6c9ef40349f7d38b5d27d7",
          "ref": "refs/heads/main", "user_id": 4, "user_username": "jsmith", "project_id": 15,
          "project": {
            "id": 15, "name": "routy", "description": "", "web_url": "https://gitlab.example.com/ce/routy", "avatar_url": null,
            "git_ssh_url": "git@gitlab.example.com:ce/routy.git", "git_http_url": "https://gitlab.example.com/ce/routy.git",
            "namespace": "ce", "visibility_level": 0, "path_with_namespace": "ce/routy", "default_branch": "main",
            "homepage": "https://gitlab.example.com/ce/routy", "url": "git@gitlab.example.com:ce/routy.git",
            "ssh_url": "git@gitlab.example.com:ce/routy.git", "http_url": "https://gitlab.example.com/ce/routy.git"
          },
          "commits": [{ "id": "da1560886d4f094c3e6c9ef40349f7d38b5d27d7", "message": "see https://gitlab.example.com/ce/other.git" }],
          "total_commits_count": 1,
          "repository": { "name": "routy", "url": "git@gitlab.example.com:ce/routy.git", "visibility_level": 0 }
        }
        """;
}
