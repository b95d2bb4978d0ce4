using System.Text.Json;

namespace Lazuli.Contracts;

/// <summary>What an answer must be, to its last character. An answer that reaches its token limit is only the beginning of one.</summary>
public abstract record OutputConstraint
{
    private OutputConstraint()
    {
    }

    /// <summary>Any JSON object.</summary>
    public sealed record JsonObject : OutputConstraint;

    /// <summary>JSON that a schema describes.</summary>
    public sealed record JsonSchema(JsonElement Schema) : OutputConstraint;

    /// <summary>Text that a regular expression matches whole.</summary>
    public sealed record Regex(string Pattern) : OutputConstraint;

    /// <summary>One of some texts.</summary>
    public sealed record Choice(IReadOnlyList<string> Texts) : OutputConstraint;

    /// <summary>Text of a grammar in GBNF.</summary>
    public sealed record Gbnf(string Grammar) : OutputConstraint;
}
