namespace Lazuli.Models;

/// <summary>What stands where nothing was given; most uses of it fail, with its description.</summary>
internal sealed record JinjaUndefined(string Description);

/// <summary>A list or tuple.</summary>
internal sealed class JinjaList(List<object?> items, bool isTuple = false)
{
    public List<object?> Items => items;

    public bool IsTuple => isTuple;
}

/// <summary>A dictionary in order of insertion. Keys are texts, numbers, booleans or none, equal as in Python (1, 1.0 and true are one key).</summary>
internal sealed class JinjaDict
{
    private static readonly object NoneKey = new();
    private readonly OrderedDictionary<object, object?> _items = new(KeyComparer.Instance);

    public int Count => _items.Count;

    public IEnumerable<object?> Keys => _items.Keys.Select(key => ReferenceEquals(key, NoneKey) ? null : key);

    public IEnumerable<object?> Values => _items.Values;

    public IEnumerable<(object? Key, object? Value)> Items => _items.Select(item => (ReferenceEquals(item.Key, NoneKey) ? null : item.Key, item.Value));

    /// <summary>Whether a value can be a key at all.</summary>
    public static bool IsKey(object? key) => key is null or JinjaText or long or double or bool;

    public bool TryGet(object? key, out object? value) => _items.TryGetValue(key ?? NoneKey, out value);

    public bool TryGet(string key, out object? value) => TryGet(JinjaText.Written(key), out value);

    public void Set(object? key, object? value) => _items[key ?? NoneKey] = value;

    private sealed class KeyComparer : IEqualityComparer<object>
    {
        public static readonly KeyComparer Instance = new();

        public new bool Equals(object? x, object? y) => (x, y) switch
        {
            (JinjaText a, JinjaText b) => string.Equals(a.Value, b.Value, StringComparison.Ordinal),
            (JinjaText, _) or (_, JinjaText) => false,
            _ when JinjaValues.IsNumber(x) && JinjaValues.IsNumber(y) => JinjaValues.CompareNumbers(x, y) == 0,
            _ => ReferenceEquals(x, y),
        };

        public int GetHashCode(object key) => key switch
        {
            JinjaText text => string.GetHashCode(text.Value, StringComparison.Ordinal),
            long or double or bool => JinjaValues.ToDouble(key).GetHashCode(),
            _ => 1,
        };
    }
}

/// <summary>What <c>namespace()</c> makes: attributes that <c>set</c> can change from inside a loop.</summary>
internal sealed class JinjaNamespace
{
    public Dictionary<string, object?> Attributes { get; } = new(StringComparer.Ordinal);
}

/// <summary>The arguments of one call.</summary>
internal readonly record struct JinjaCall(object?[] Positional, (string Name, object? Value)[] Named)
{
    public static JinjaCall None { get; } = new([], []);
}

/// <summary>Something that can be called: a function, a method bound to its value, a macro.</summary>
internal sealed record JinjaCallable(string Name, Func<JinjaRun, JinjaCall, object?> Invoke);

/// <summary>Arguments laid out by a signature; what was not given is <see cref="Missing"/>.</summary>
internal readonly record struct JinjaBound(object?[] Values)
{
    public static readonly object Missing = new();

    public bool Has(int index) => !ReferenceEquals(Values[index], Missing);

    public object? this[int index] => Values[index];

    public object? Or(int index, object? otherwise) => Has(index) ? Values[index] : otherwise;
}

/// <summary>The parameters of a function, filter or method, the first <paramref name="Required"/> without default.</summary>
internal sealed record JinjaSignature(string Name, int Required, string[] Parameters)
{
    public JinjaBound Bind(JinjaRun run, JinjaCall call)
    {
        if (call.Positional.Length > Parameters.Length)
        {
            throw run.Fail($"at most {Parameters.Length} arguments for {Name}", $"{call.Positional.Length}");
        }

        var values = new object?[Parameters.Length];
        Array.Fill(values, JinjaBound.Missing);
        call.Positional.CopyTo(values, 0);
        foreach ((string name, object? value) in call.Named)
        {
            int index = Array.IndexOf(Parameters, name);
            if (index < 0 || !ReferenceEquals(values[index], JinjaBound.Missing))
            {
                throw run.Fail($"arguments of {Name} ({string.Join(", ", Parameters)}), each once", $"'{name}'");
            }

            values[index] = value;
        }

        for (int i = 0; i < Required; i++)
        {
            if (ReferenceEquals(values[i], JinjaBound.Missing))
            {
                throw run.Fail($"{Name} with its argument {Parameters[i]}", "none");
            }
        }

        return new JinjaBound(values);
    }
}
