using System.Text.Json;
using System.Text.Unicode;

namespace Lazuli.Models;

/// <summary>Reads a <c>tokenizer.json</c> that was made from a SentencePiece model: BPE with byte fallback whose spaces are U+2581. Anything else is refused, never approximated.</summary>
internal sealed class SentencePieceJsonReader
{
    /// <summary>Ids a file may use; four million is thirty times the largest vocabulary in use.</summary>
    private const int IdLimit = 1 << 22;

    private const string Mark = "\u2581";

    private readonly Dictionary<string, int> _ids = new(StringComparer.Ordinal);
    private readonly Dictionary<int, AddedToken> _added = [];

    /// <exception cref="TokenizerFormatException">The file is damaged, or asks for something that is not implemented.</exception>
    public static SentencePieceTokenizer Read(byte[] json, string place)
    {
        if (!Utf8.IsValid(json))
        {
            throw new TokenizerFormatException(place, "UTF-8 text", "bytes that are not UTF-8");
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(json, new JsonDocumentOptions { AllowDuplicateProperties = false });
            var root = new JsonPlace(document.RootElement, place);
            return new SentencePieceJsonReader().Read(root, root["model"]);
        }
        catch (JsonException e)
        {
            throw new TokenizerFormatException(place, "valid JSON without repeated names", e.Message, e);
        }
        catch (InvalidOperationException e) // what the reader throws for names that are no Unicode
        {
            throw new TokenizerFormatException(place, "names in Unicode", "half a surrogate pair", e);
        }
    }

    private SentencePieceTokenizer Read(JsonPlace root, JsonPlace model)
    {
        CheckModel(model);
        SpaceScheme spaces = ReadSpaces(root.Find("normalizer"), root.Find("pre_tokenizer"), root);
        if (root.Find("added_tokens") is { } added)
        {
            ReadAdded(added);
        }

        foreach ((string name, JsonPlace value) in model["vocab"].Members())
        {
            int id = value.AsInteger(IdLimit);
            if (_added.TryGetValue(id, out AddedToken other) && other.Text != name)
            {
                throw value.Wrong("the same id and content as in added_tokens");
            }

            _ids.Add(name, id);
        }

        foreach ((int id, string text) in _added.Select(a => (a.Key, a.Value.Text)))
        {
            if (!_ids.TryAdd(text, id) && _ids[text] != id)
            {
                throw new TokenizerFormatException(model["vocab"].Place, $"the id {id} for '{text}', as in added_tokens", $"{_ids[text]}");
            }
        }

        return Build(model, spaces);
    }

    private SentencePieceTokenizer Build(JsonPlace model, SpaceScheme spaces)
    {
        int count = _ids.Values.Max() + 1;
        var pieces = new string[count];
        var kinds = new TokenKind[count];
        Array.Fill(pieces, "");
        Array.Fill(kinds, TokenKind.Unused);
        int[] byteIds = [.. Enumerable.Repeat(-1, 256)];
        foreach ((string text, int id) in _ids)
        {
            if (kinds[id] != TokenKind.Unused || text.Length == 0)
            {
                throw new TokenizerFormatException(model["vocab"].Place, "tokens that are not empty, each with an id of its own", $"'{text}' with id {id}");
            }

            pieces[id] = text;
            kinds[id] = !_added.TryGetValue(id, out AddedToken added) ? TokenKind.Normal : added.IsSpecial ? TokenKind.Control : TokenKind.UserDefined;
            if (kinds[id] == TokenKind.Normal && SentencePieceTokenizer.ByteOf(text) is int value)
            {
                byteIds[value] = id;
            }
        }

        int missing = Array.IndexOf(byteIds, -1);
        if (missing >= 0)
        {
            throw new TokenizerFormatException(model["vocab"].Place, "a token for each of the 256 bytes", $"none for 0x{missing:X2}");
        }

        Merge[] merges = ReadMerges(model["merges"], kinds);
        return new SentencePieceTokenizer(pieces, Scores(merges, count), kinds, byteIds, spaces, merges, _added.Values);
    }

    /// <summary>A score that gives the order of merges to formats that know scores: the rank of the first merge that makes a piece, negative.</summary>
    private static float[] Scores(Merge[] merges, int count)
    {
        var scores = new float[count];
        Array.Fill(scores, -merges.Length);
        for (int rank = merges.Length - 1; rank >= 0; rank--)
        {
            scores[merges[rank].Result] = -rank;
        }

        return scores;
    }

    private static void CheckModel(JsonPlace model)
    {
        if (model.Find("type") is { } type && type.AsString() != "BPE")
        {
            throw type.Wrong("\"BPE\"");
        }

        if (model.Find("dropout") is { } dropout)
        {
            throw dropout.Wrong("null: encoding here is deterministic");
        }

        if (model.Find("ignore_merges") is { } ignore && ignore.AsBoolean())
        {
            throw ignore.Wrong("false: SentencePiece's pieces come by merges");
        }

        foreach (string affix in new[] { "continuing_subword_prefix", "end_of_word_suffix" })
        {
            if (model.Find(affix) is { } value && value.AsString().Length > 0)
            {
                throw value.Wrong("null or \"\": spaces mark the words");
            }
        }
    }

    /// <summary>Where a space goes before text, from either way that files write how spaces become marks.</summary>
    private static SpaceScheme ReadSpaces(JsonPlace? normalizer, JsonPlace? preTokenizer, JsonPlace root)
    {
        const string Wanted = "a normalizer of Prepend and Replace, or a Metaspace pre-tokenizer that does not split";
        SpaceScheme scheme = SpaceScheme.Never;
        bool replaces = false;
        foreach (JsonPlace part in Parts(normalizer, "normalizers"))
        {
            if (Type(part) == "Prepend" && part["prepend"].AsString() == Mark)
            {
                scheme = SpaceScheme.Normalized;
            }
            else if (Type(part) == "Replace" && part["pattern"].Find("String")?.AsString() == " " && part["content"].AsString() == Mark)
            {
                replaces = true;
            }
            else
            {
                throw part.Wrong(Wanted);
            }
        }

        foreach (JsonPlace part in Parts(preTokenizer, "pretokenizers"))
        {
            if (replaces || Type(part) != "Metaspace" || part["replacement"].AsString() != Mark || (part.Find("split")?.AsBoolean() ?? true))
            {
                throw part.Wrong(Wanted);
            }

            scheme = part.Find("prepend_scheme") is not { } named
                ? (part.Find("add_prefix_space")?.AsBoolean() ?? true ? SpaceScheme.EachRunWithout : SpaceScheme.Never)
                : named.AsString() switch
                {
                    "always" => SpaceScheme.EachRunWithout,
                    "first" => SpaceScheme.FirstRunWithout,
                    "never" => SpaceScheme.Never,
                    _ => throw named.Wrong("\"always\", \"first\" or \"never\""),
                };
            replaces = true;
        }

        return replaces ? scheme : throw new TokenizerFormatException(root.Place, Wanted, "neither");
    }

    private static IEnumerable<JsonPlace> Parts(JsonPlace? found, string list) =>
        found is not { } one ? [] : Type(one) == "Sequence" ? one[list].Items() : [one];

    private static string Type(JsonPlace part) => part["type"].AsString();

    private void ReadAdded(JsonPlace list)
    {
        foreach (JsonPlace item in list.Items())
        {
            AddedToken token = AddedToken.Read(item, IdLimit);
            if (token.Text.Length == 0 || !_added.TryAdd(token.Id, token))
            {
                throw item.Wrong("a content that is not empty, and an id of its own");
            }
        }
    }

    private Merge[] ReadMerges(JsonPlace list, TokenKind[] kinds)
    {
        var pairs = new HashSet<(int, int)>();
        var merges = new List<Merge>();
        foreach (JsonPlace item in list.Items())
        {
            string[] parts = item.Kind == JsonValueKind.Array ? [.. item.Items().Select(part => part.AsString())] : item.AsString().Split(' ');
            if (parts.Length != 2 || !_ids.TryGetValue(parts[0], out int left) || !_ids.TryGetValue(parts[1], out int right) || !_ids.TryGetValue(parts[0] + parts[1], out int result)
                || !pairs.Add((left, right)))
            {
                throw item.Wrong("two tokens of the vocabulary whose joint text is one too, a pair that comes once");
            }

            // Converters also list pairs that spell an added token; those are found in text before merging, or not at all.
            if (kinds[left] == TokenKind.Normal && kinds[right] == TokenKind.Normal && kinds[result] == TokenKind.Normal)
            {
                merges.Add(new Merge(left, right, result));
            }
        }

        return [.. merges];
    }
}
