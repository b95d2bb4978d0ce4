namespace Lazuli.Models;

/// <summary>Methods that strings, dictionaries and lists have, as Python names them.</summary>
internal static class JinjaMethods
{
    private delegate object? Method<in T>(JinjaRun run, T self, JinjaBound arguments);

    private static readonly Dictionary<string, (JinjaSignature Signature, Method<JinjaText> Apply)> OfText = Table<JinjaText>(
    [
        (new("strip", 0, ["chars"]), (run, self, a) => JinjaStrings.Strip(run, self, Chars(run, a), left: true, right: true)),
        (new("lstrip", 0, ["chars"]), (run, self, a) => JinjaStrings.Strip(run, self, Chars(run, a), left: true, right: false)),
        (new("rstrip", 0, ["chars"]), (run, self, a) => JinjaStrings.Strip(run, self, Chars(run, a), left: false, right: true)),
        (new("upper", 0, []), (run, self, _) => JinjaStrings.Map(run, self, s => s.ToUpperInvariant())),
        (new("lower", 0, []), (run, self, _) => JinjaStrings.Map(run, self, s => s.ToLowerInvariant())),
        (new("title", 0, []), (run, self, _) => JinjaStrings.Map(run, self, s => JinjaStrings.Title(s, c => !char.IsLetter(c)))),
        (new("capitalize", 0, []), (run, self, _) => JinjaStrings.Map(run, self, JinjaStrings.Capitalize)),
        (new("split", 0, ["sep", "maxsplit"]), (run, self, a) => JinjaStrings.Split(run, self, Chars(run, a), JinjaArgument.Integer(run, a.Or(1, -1L)))),
        (new("rsplit", 1, ["sep", "maxsplit"]), (run, self, a) => JinjaStrings.SplitFromEnd(run, self, JinjaArgument.Text(run, a[0]), JinjaArgument.Integer(run, a.Or(1, -1L)))),
        (new("splitlines", 0, ["keepends"]), (run, self, a) => new JinjaList([.. JinjaStrings.Lines(run, self, JinjaValues.IsTrue(a.Or(0, false)))])),
        (new("replace", 2, ["old", "new", "count"]), (run, self, a) => JinjaStrings.Replace(run, self, JinjaArgument.Text(run, a[0]), JinjaArgument.Text(run, a[1]), JinjaArgument.Integer(run, a.Or(2, -1L)))),
        (new("startswith", 1, ["prefix"]), (run, self, a) => Affix(run, a[0], affix => self.Value.StartsWith(affix, StringComparison.Ordinal))),
        (new("endswith", 1, ["suffix"]), (run, self, a) => Affix(run, a[0], affix => self.Value.EndsWith(affix, StringComparison.Ordinal))),
        (new("find", 1, ["sub"]), (run, self, a) => Find(run, self, a, (text, sub) => text.IndexOf(sub, StringComparison.Ordinal))),
        (new("rfind", 1, ["sub"]), (run, self, a) => Find(run, self, a, (text, sub) => text.LastIndexOf(sub, StringComparison.Ordinal))),
        (new("count", 1, ["sub"]), Count),
        (new("join", 1, ["iterable"]), (run, self, a) => JinjaFilters.Join(run, JinjaValues.Iterate(run, a[0]), self)),
        (new("isdigit", 0, []), (run, self, _) => All(run, self, char.IsDigit)),
        (new("isspace", 0, []), (run, self, _) => All(run, self, JinjaLexer.IsSpace)),
        (new("isalpha", 0, []), (run, self, _) => All(run, self, char.IsLetter)),
        (new("isalnum", 0, []), (run, self, _) => All(run, self, char.IsLetterOrDigit)),
        (new("isupper", 0, []), (run, self, _) => JinjaStrings.IsUpper(run, self)),
        (new("islower", 0, []), (run, self, _) => JinjaStrings.IsLower(run, self)),
    ]);

    private static readonly Dictionary<string, (JinjaSignature Signature, Method<JinjaDict> Apply)> OfDict = Table<JinjaDict>(
    [
        (new("get", 1, ["key", "default"]), (run, self, a) => JinjaDict.IsKey(a[0]) && self.TryGet(a[0], out object? value) ? value : a.Or(1, null)),
        (new("items", 0, []), (run, self, _) => Pairs(run, self)),
        (new("keys", 0, []), (run, self, _) => new JinjaList(JinjaValues.Iterate(run, self))),
        (new("values", 0, []), Values),
    ]);

    private static readonly Dictionary<string, (JinjaSignature Signature, Method<JinjaList> Apply)> OfList = Table<JinjaList>(
    [
        (new("append", 1, ["object"]), Append),
        (new("pop", 0, ["index"]), Pop),
        (new("index", 1, ["value"]), Index),
        (new("count", 1, ["value"]), (run, self, a) => (long)self.Items.Count(item => JinjaValues.AreEqual(run, item, a[0]))),
    ]);

    /// <summary>The method of a value bound to it, or null.</summary>
    public static JinjaCallable? Find(object? self, string name) => self switch
    {
        JinjaText text => Bind(OfText, text, name),
        JinjaDict dict => Bind(OfDict, dict, name),
        JinjaList list => Bind(OfList, list, name),
        _ => null,
    };

    public static JinjaList Pairs(JinjaRun run, JinjaDict dict)
    {
        run.Spend(dict.Count * 8L);
        return new JinjaList([.. dict.Items.Select(item => new JinjaList([item.Key, item.Value], isTuple: true))]);
    }

    private static Dictionary<string, (JinjaSignature, Method<T>)> Table<T>((JinjaSignature Signature, Method<T> Apply)[] methods) =>
        methods.ToDictionary(method => method.Signature.Name, StringComparer.Ordinal);

    private static JinjaCallable? Bind<T>(Dictionary<string, (JinjaSignature Signature, Method<T> Apply)> table, T self, string name) =>
        table.TryGetValue(name, out (JinjaSignature Signature, Method<T> Apply) method)
            ? new JinjaCallable(name, (run, call) => method.Apply(run, self, method.Signature.Bind(run, call)))
            : null;

    private static JinjaText? Chars(JinjaRun run, JinjaBound arguments) => arguments.Or(0, null) is { } given ? JinjaArgument.Text(run, given) : null;

    private static object Affix(JinjaRun run, object? given, Func<string, bool> matches)
    {
        if (given is JinjaList { IsTuple: true } several)
        {
            return several.Items.Exists(one => matches(Charged(run, one)));
        }

        return matches(Charged(run, given));
    }

    private static string Charged(JinjaRun run, object? affix)
    {
        JinjaText text = JinjaArgument.Text(run, affix);
        run.Step();
        run.Spend(text.Length);
        return text.Value;
    }

    private static object Find(JinjaRun run, JinjaText self, JinjaBound arguments, Func<string, string, int> search)
    {
        JinjaText wanted = JinjaArgument.Text(run, arguments[0]);
        run.SpendSearch(self.Length, wanted.Length);
        int found = search(self.Value, wanted.Value);
        return found < 0 ? -1L : self.CodePointAt(found);
    }

    private static object Count(JinjaRun run, JinjaText self, JinjaBound arguments)
    {
        JinjaText wanted = JinjaArgument.Text(run, arguments[0]);
        run.SpendSearch(self.Length, wanted.Length);
        return wanted.Length == 0 ? self.CodePointCount + 1L : self.Value.AsSpan().Count(wanted.Value);
    }

    private static object All(JinjaRun run, JinjaText self, Func<char, bool> holds)
    {
        run.Spend(self.Length);
        return self.Length > 0 && self.Value.All(holds);
    }

    private static JinjaList Values(JinjaRun run, JinjaDict self, JinjaBound arguments)
    {
        run.Spend(self.Count);
        return new JinjaList([.. self.Values]);
    }

    private static object? Append(JinjaRun run, JinjaList self, JinjaBound arguments)
    {
        RefuseTuple(run, self);
        self.Items.Add(arguments[0]);
        return null;
    }

    private static object? Pop(JinjaRun run, JinjaList self, JinjaBound arguments)
    {
        RefuseTuple(run, self);
        long index = JinjaArgument.Integer(run, arguments.Or(0, -1L));
        index += index < 0 ? self.Items.Count : 0;
        if (index < 0 || index >= self.Items.Count)
        {
            throw run.Fail($"an index into {self.Items.Count} elements", "one outside");
        }

        object? item = self.Items[(int)index];
        run.Spend(self.Items.Count - index);
        self.Items.RemoveAt((int)index);
        return item;
    }

    private static object Index(JinjaRun run, JinjaList self, JinjaBound arguments)
    {
        int found = self.Items.FindIndex(item => JinjaValues.AreEqual(run, item, arguments[0]));
        return found >= 0 ? (long)found : throw run.Fail("an element of the list", "a value that is not in it");
    }

    private static void RefuseTuple(JinjaRun run, JinjaList self)
    {
        if (self.IsTuple)
        {
            throw run.Fail("a list to change", "a tuple");
        }
    }
}
