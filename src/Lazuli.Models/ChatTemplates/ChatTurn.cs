namespace Lazuli.Models;

/// <summary>One message of a dialogue; <paramref name="Role"/> is <c>system</c>, <c>user</c> or <c>assistant</c>.</summary>
public readonly record struct ChatTurn(string Role, string Content);
