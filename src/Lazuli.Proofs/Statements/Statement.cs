using System.Text.Json;

namespace Lazuli.Proofs;

/// <summary>What is said about which artefacts: an in-toto Statement v1.</summary>
public sealed class Statement
{
    /// <summary>The <c>_type</c> of a statement.</summary>
    public const string Type = "https://in-toto.io/Statement/v1";

    private const int MostSubjects = 100_000;
    private const int MostDigests = 16;

    /// <summary>Makes a statement.</summary>
    /// <param name="subjects">1 to 100,000 artefacts.</param>
    /// <param name="predicateType">A URI that says what the predicate means.</param>
    /// <param name="predicate">An object, or null for none.</param>
    /// <exception cref="ArgumentException">No subject or too many, no predicate type, or a predicate that is no object.</exception>
    public Statement(IReadOnlyList<StatementSubject> subjects, string predicateType, JsonElement? predicate)
    {
        ArgumentException.ThrowIfNullOrEmpty(predicateType);
        if (subjects.Count is 0 or > MostSubjects)
        {
            throw new ArgumentException($"A statement has 1 to {MostSubjects} subjects; got {subjects.Count}.", nameof(subjects));
        }

        if (predicate is { ValueKind: not JsonValueKind.Object })
        {
            throw new ArgumentException("A predicate is an object.", nameof(predicate));
        }

        (Subjects, PredicateType, Predicate) = ([.. subjects], predicateType, predicate?.Clone());
    }

    /// <summary>What it is about.</summary>
    public IReadOnlyList<StatementSubject> Subjects { get; }

    /// <summary>What the predicate means.</summary>
    public string PredicateType { get; }

    /// <summary>What is said.</summary>
    public JsonElement? Predicate { get; }

    /// <summary>Reads a statement; members that it does not know are ignored, as in-toto asks.</summary>
    /// <exception cref="StatementFormatException">It is none.</exception>
    public static Statement Parse(ReadOnlyMemory<byte> json)
    {
        using JsonDocument document = StrictJson.Parse(json);
        Dictionary<string, JsonElement> members = StrictJson.Members(document.RootElement, "$");
        string type = StrictJson.Text(StrictJson.Member(members, "_type", "$"), "$._type");
        if (type != Type)
        {
            throw new StatementFormatException("$._type", Type, NoteFormatException.Quote(type));
        }

        List<StatementSubject> subjects = [];
        foreach (JsonElement item in StrictJson.Items(StrictJson.Member(members, "subject", "$"), MostSubjects, "$.subject"))
        {
            subjects.Add(ParseSubject(item, $"$.subject[{subjects.Count}]"));
        }

        string predicateType = StrictJson.Text(StrictJson.Member(members, "predicateType", "$"), "$.predicateType");
        if (predicateType.Length == 0)
        {
            throw new StatementFormatException("$.predicateType", "a URI", "an empty string");
        }

        JsonElement? predicate = members.TryGetValue("predicate", out JsonElement said) && said.ValueKind != JsonValueKind.Null ? said : null;
        if (predicate is JsonElement value)
        {
            StrictJson.Members(value, "$.predicate");
        }

        return new Statement(subjects, predicateType, predicate);
    }

    /// <summary>Whether it is about the artefact with this SHA-256 digest; names do not count.</summary>
    public bool IsAbout(ReadOnlySpan<byte> sha256)
    {
        string hex = Convert.ToHexStringLower(sha256);
        return Subjects.Any(s => s.Digests.TryGetValue("sha256", out string? digest) && digest == hex);
    }

    /// <summary>The statement in canonical JSON: the payload to sign.</summary>
    /// <exception cref="StatementFormatException">The predicate has no canonical bytes.</exception>
    public byte[] ToJson()
    {
        using MemoryStream json = new();
        using (Utf8JsonWriter writer = new(json))
        {
            writer.WriteStartObject();
            writer.WriteString("_type", Type);
            writer.WriteStartArray("subject");
            foreach (StatementSubject subject in Subjects)
            {
                writer.WriteStartObject();
                if (subject.Name is not null)
                {
                    writer.WriteString("name", subject.Name);
                }

                writer.WriteStartObject("digest");
                foreach ((string algorithm, string hex) in subject.Digests)
                {
                    writer.WriteString(algorithm, hex);
                }

                writer.WriteEndObject();
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteString("predicateType", PredicateType);
            if (Predicate is JsonElement predicate)
            {
                writer.WritePropertyName("predicate");
                writer.WriteRawValue(CanonicalJson.Format(predicate));
            }

            writer.WriteEndObject();
        }

        return CanonicalJson.Format(json.ToArray());
    }

    private static StatementSubject ParseSubject(JsonElement item, string path)
    {
        Dictionary<string, JsonElement> members = StrictJson.Members(item, path);
        string? name = members.TryGetValue("name", out JsonElement given) && given.ValueKind != JsonValueKind.Null ? StrictJson.Text(given, path + ".name") : null;
        Dictionary<string, JsonElement> digests = StrictJson.Members(StrictJson.Member(members, "digest", path), path + ".digest");
        if (digests.Count is 0 or > MostDigests)
        {
            throw new StatementFormatException(path + ".digest", $"1 to {MostDigests} digests", $"{digests.Count}");
        }

        Dictionary<string, string> read = new(StringComparer.Ordinal);
        foreach ((string algorithm, JsonElement value) in digests)
        {
            string place = $"{path}.digest.{NoteFormatException.Quote(algorithm)}";
            string hex = StrictJson.Text(value, place);
            if (hex.Length == 0 || (algorithm == "sha256" && (hex.Length != 64 || !hex.All(c => char.IsAsciiHexDigitLower(c)))))
            {
                throw new StatementFormatException(place, algorithm == "sha256" ? "64 lower-case hexadecimal digits" : "a digest", NoteFormatException.Quote(hex));
            }

            read.Add(algorithm, hex);
        }

        return new StatementSubject(name, read);
    }
}

/// <summary>One artefact that a statement is about.</summary>
/// <param name="Name">For people, or to tell subjects of one statement apart; null if there is none.</param>
/// <param name="Digests">By algorithm, such as <c>sha256</c>, in lower-case hexadecimal.</param>
public sealed record StatementSubject(string? Name, IReadOnlyDictionary<string, string> Digests)
{
    /// <summary>An artefact by its SHA-256.</summary>
    /// <exception cref="ArgumentException">Not 32 bytes.</exception>
    public static StatementSubject OfSha256(string? name, ReadOnlySpan<byte> sha256) =>
        sha256.Length == 32
            ? new StatementSubject(name, new Dictionary<string, string>(StringComparer.Ordinal) { ["sha256"] = Convert.ToHexStringLower(sha256) })
            : throw new ArgumentException($"A SHA-256 digest is 32 bytes; got {sha256.Length}.", nameof(sha256));
}
