using System.Globalization;
using System.Text;

namespace Lazuli.Training;

/// <summary>Turns documentation ids into readable names, with the type parameters' names that the documentation itself gives.</summary>
internal sealed class MemberNames
{
    private readonly Dictionary<string, DocumentedMember> _members;

    public MemberNames(Dictionary<string, DocumentedMember> members) => _members = members;

    /// <summary>What a summary calls the member it refers to: a type by its simple name, a member by type and name.</summary>
    public string ReferenceName(string cref)
    {
        string id = cref.Length > 2 && cref[1] == ':' ? cref : "!:" + cref;
        int open = id.IndexOf('(', StringComparison.Ordinal);
        string path = open < 0 ? id[2..] : id[2..open];
        string[] parts = SplitPath(path);
        bool isType = id[0] == 'T' || (id[0] == '!' && open < 0 && !_members.ContainsKey("P:" + path) && !_members.ContainsKey("F:" + path) && !_members.ContainsKey("M:" + path));
        if (id[0] == 'N')
        {
            return path;
        }

        if (isType || parts.Length < 2)
        {
            return TypeSegment(parts, parts.Length - 1, withParameters: true);
        }

        string type = TypeSegment(parts, parts.Length - 2, withParameters: true);
        string member = StripArity(parts[^1]);
        return member is "#ctor" or "#cctor" ? $"{type} constructor" : $"{type}.{MemberWord(member)}";
    }

    /// <summary>The names of a documented member.</summary>
    public MemberName Describe(DocumentedMember member)
    {
        string id = member.Id;
        int open = id.IndexOf('(', StringComparison.Ordinal);
        string[] parts = SplitPath(open < 0 ? id[2..] : id[2..open]);
        bool isType = id[0] == 'T';
        int typeEnd = isType || parts.Length == 1 ? parts.Length : parts.Length - 1;
        int typeStart = OutermostType(parts, typeEnd);
        string space = string.Join('.', parts[..typeStart]);
        string type = JoinTypes(parts, typeStart, typeEnd, withParameters: true);
        string plainType = JoinTypes(parts, typeStart, typeEnd, withParameters: false);
        string prefix = space.Length == 0 ? "" : space + ".";
        string group = StripArity(parts[typeStart]);
        if (isType || parts.Length == 1)
        {
            return new MemberName(MemberKind.Type, prefix + type, type, plainType, StripArity(parts[^1]), type, type, group, space);
        }

        MemberKind kind = KindOf(id[0], parts[^1]);
        string word = MemberWord(StripArity(parts[^1]));
        string own = member.TypeParameters.Length > 0 && kind == MemberKind.Method ? $"<{string.Join(", ", member.TypeParameters)}>" : "";
        string declaringType = "T:" + string.Join('.', parts[..typeEnd]);
        string parameters = Parameters(id, open, kind, member, declaringType);
        if (kind == MemberKind.Constructor)
        {
            string constructor = parts[^1] == "#cctor" ? "the static constructor of " : "the constructor of ";
            string simple = TypeSegment(parts, typeEnd - 1, withParameters: true);
            return new MemberName(
                kind, constructor + prefix + type, constructor + type, constructor + plainType, StripArity(parts[typeEnd - 1]), $"{simple}{parameters}", type, group, space);
        }

        return new MemberName(
            kind, $"{prefix}{type}.{word}", $"{type}.{word}", $"{plainType}.{word}", word, $"{type}.{word}{own}{parameters}", type, group, space);
    }

    /// <summary>Splits at dots outside braces: explicit implementations carry type arguments in their names.</summary>
    private static string[] SplitPath(string path)
    {
        if (!path.Contains('{', StringComparison.Ordinal))
        {
            return path.Split('.');
        }

        var parts = new List<string>();
        int depth = 0;
        int start = 0;
        for (int i = 0; i < path.Length; i++)
        {
            depth += path[i] switch { '{' => 1, '}' => -1, _ => 0 };
            if (path[i] == '.' && depth == 0)
            {
                parts.Add(path[start..i]);
                start = i + 1;
            }
        }

        parts.Add(path[start..]);
        return [.. parts];
    }

    private int OutermostType(string[] parts, int typeEnd)
    {
        var path = new StringBuilder("T:");
        for (int i = 0; i < typeEnd - 1; i++)
        {
            path.Append(i == 0 ? "" : ".").Append(parts[i]);
            if (_members.ContainsKey(path.ToString()))
            {
                return i;
            }
        }

        return typeEnd - 1;
    }

    private string JoinTypes(string[] parts, int start, int end, bool withParameters) =>
        string.Join('.', Enumerable.Range(start, end - start).Select(i => TypeSegment(parts, i, withParameters)));

    private string TypeSegment(string[] parts, int index, bool withParameters)
    {
        string part = parts[index];
        if (part.Contains('{', StringComparison.Ordinal))
        {
            return TypeExpression.Simplify(part, [], []);
        }

        int tick = part.IndexOf('`', StringComparison.Ordinal);
        if (tick < 0)
        {
            return part;
        }

        return withParameters ? $"{part[..tick]}<{string.Join(", ", TypeParameters(parts, index))}>" : part[..tick];
    }

    private string[] TypeParameters(string[] parts, int index)
    {
        string part = parts[index];
        int tick = part.IndexOf('`', StringComparison.Ordinal);
        if (tick < 0 || !int.TryParse(part.AsSpan(tick + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int arity) || arity is < 1 or > 64)
        {
            return tick < 0 ? [] : ["T"];
        }

        if (_members.TryGetValue("T:" + string.Join('.', parts[..(index + 1)]), out DocumentedMember type) && type.TypeParameters.Length == arity)
        {
            return type.TypeParameters;
        }

        return arity == 1 ? ["T"] : [.. Enumerable.Range(1, arity).Select(i => string.Create(CultureInfo.InvariantCulture, $"T{i}"))];
    }

    private string Parameters(string id, int open, MemberKind kind, DocumentedMember member, string declaringType)
    {
        bool callable = kind is MemberKind.Method or MemberKind.Constructor or MemberKind.Operator;
        if (open < 0)
        {
            return callable ? "()" : "";
        }

        int close = id.LastIndexOf(')');
        if (close < open)
        {
            return "";
        }

        string[] ofType = AllTypeParameters(declaringType);
        List<string> types = TypeExpression.SimplifyList(id[(open + 1)..close], ofType, member.TypeParameters);
        bool named = member.Parameters.Length == types.Count;
        string list = string.Join(", ", types.Select((type, i) => named && member.Parameters[i].Length > 0 ? $"{type} {member.Parameters[i]}" : type));
        string result = close + 1 < id.Length && id[close + 1] == '~' ? " to " + TypeExpression.Simplify(id[(close + 2)..], ofType, member.TypeParameters) : "";
        return callable ? $"({list}{result})" : $"[{list}]";
    }

    /// <summary>Ids number a type's parameters from its outermost type inwards.</summary>
    private string[] AllTypeParameters(string typeId)
    {
        string[] parts = SplitPath(typeId[2..]);
        return [.. Enumerable.Range(0, parts.Length).SelectMany(i => TypeParameters(parts, i))];
    }

    private static MemberKind KindOf(char letter, string member) => letter switch
    {
        'P' => MemberKind.Property,
        'F' => MemberKind.Field,
        'E' => MemberKind.Event,
        _ when member is "#ctor" or "#cctor" => MemberKind.Constructor,
        _ when member.StartsWith("op_", StringComparison.Ordinal) => MemberKind.Operator,
        _ => MemberKind.Method,
    };

    private static string StripArity(string part)
    {
        int tick = part.IndexOf('`', StringComparison.Ordinal);
        return tick < 0 ? part : part[..tick];
    }

    /// <summary>A member's own word: operators by their sign, explicit implementations by interface and member.</summary>
    private static string MemberWord(string member)
    {
        if (member.StartsWith("op_", StringComparison.Ordinal))
        {
            return OperatorSigns.Of(member);
        }

        if (!member.Contains('#', StringComparison.Ordinal) || member[0] == '#')
        {
            return member;
        }

        // System#Collections#Generic#IList{T}#Item: dots stand as '#', commas between arguments as '@' or ','.
        string[] parts = SplitPath(member.Replace('#', '.').Replace('@', ','));
        string contract = parts.Length > 1 ? TypeExpression.Simplify(parts[^2], [], []) + "." : "";
        string last = parts[^1].StartsWith("op_", StringComparison.Ordinal) ? OperatorSigns.Of(parts[^1]) : parts[^1];
        return contract + last;
    }
}
