namespace Lazuli.Models;

/// <summary>The <c>loop</c> of a <c>for</c>: where the pass stands among all of them.</summary>
internal sealed class JinjaLoop(List<object?> items, int depth)
{
    private object? _lastSeen = JinjaBound.Missing;

    public int Index { get; set; }

    public object? Attribute(string name) => name switch
    {
        "index" => (long)Index + 1,
        "index0" => (long)Index,
        "revindex" => (long)items.Count - Index,
        "revindex0" => (long)items.Count - Index - 1,
        "first" => Index == 0,
        "last" => Index == items.Count - 1,
        "length" => (long)items.Count,
        "depth" => (long)depth,
        "depth0" => (long)depth - 1,
        "previtem" => Index > 0 ? items[Index - 1] : new JinjaUndefined("there is no previous item"),
        "nextitem" => Index < items.Count - 1 ? items[Index + 1] : new JinjaUndefined("there is no next item"),
        "cycle" => new JinjaCallable("loop.cycle", (run, call) => call.Positional.Length > 0
            ? call.Positional[Index % call.Positional.Length]
            : throw run.Fail("values to cycle through", "none")),
        "changed" => new JinjaCallable("loop.changed", Changed),
        _ => new JinjaUndefined($"loop has no attribute '{name}'"),
    };

    private object Changed(JinjaRun run, JinjaCall call)
    {
        var now = new JinjaList([.. call.Positional], isTuple: true);
        bool changed = _lastSeen is not JinjaList before || !JinjaValues.AreEqual(run, before, now);
        _lastSeen = now;
        return changed;
    }
}
