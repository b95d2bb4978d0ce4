namespace Lazuli.Training;

/// <summary>A piece of a recipe as written, before its type is known.</summary>
/// <param name="Place">Where it was written, in words.</param>
internal abstract record RecipeNode(string Place)
{
    /// <summary>What it is, in words, for messages.</summary>
    public abstract string Described { get; }
}

/// <summary>Text. What is not <paramref name="IsPlain"/> was quoted, so it is a string whatever it looks like.</summary>
internal sealed record ScalarNode(string Place, string Text, bool IsPlain) : RecipeNode(Place)
{
    private const int LongestShown = 60;

    public override string Described
    {
        get
        {
            string shown = Text.Length > LongestShown ? Text[..LongestShown] + "…" : Text;
            return IsPlain ? (shown.Length == 0 ? "nothing" : shown) : $"the text \"{shown}\"";
        }
    }
}

/// <summary>A list.</summary>
internal sealed record SequenceNode(string Place, IReadOnlyList<RecipeNode> Items) : RecipeNode(Place)
{
    public override string Described => "a list";
}

/// <summary>Keys and values, in order.</summary>
internal sealed record MappingNode(string Place, Dictionary<string, RecipeNode> Entries, Dictionary<string, string> KeyPlaces) : RecipeNode(Place)
{
    public override string Described => "a group of keys";
}
