namespace Lazuli.Models;

/// <summary>Names and what they stand for; an inner scope sees the outer ones and changes only its own.</summary>
internal sealed class JinjaScope(JinjaScope? parent)
{
    private Dictionary<string, object?>? _values;

    public int LoopDepth { get; init; } = parent?.LoopDepth ?? 0;

    public void Set(string name, object? value) => (_values ??= new(StringComparer.Ordinal))[name] = value;

    public bool TryGet(string name, out object? value)
    {
        for (JinjaScope? scope = this; scope is not null; scope = scope.Outer)
        {
            if (scope._values is { } values && values.TryGetValue(name, out value))
            {
                return true;
            }
        }

        value = null;
        return false;
    }

    private JinjaScope? Outer => parent;
}
