using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace Lazuli.Models;

/// <summary>Reads Hugging Face's <c>tokenizer.json</c>, as far as it is a byte-level BPE with one of our split rules; anything else is refused, never approximated.</summary>
/// <remarks>Post-processors (which add special tokens around text) are not the encoder's business and are not read.</remarks>
internal sealed class TokenizerJsonReader
{
    /// <summary>Ids a file may use; four million is thirty times the largest vocabulary in use.</summary>
    private const int IdLimit = 1 << 22;

    private readonly Dictionary<string, int> _ids = new(StringComparer.Ordinal);
    private readonly Dictionary<int, AddedToken> _added = [];
    private byte[]?[] _tokens = [];

    public static BpeVocabulary Read(byte[] json, string place)
    {
        if (!Utf8.IsValid(json))
        {
            throw new TokenizerFormatException(place, "UTF-8 text", "bytes that are not UTF-8");
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(json, new JsonDocumentOptions { AllowDuplicateProperties = false });
            return new TokenizerJsonReader().Read(new JsonPlace(document.RootElement, place));
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

    private BpeVocabulary Read(JsonPlace root)
    {
        JsonPlace model = root["model"];
        CheckModel(model);
        CheckDecoder(root.Find("decoder"));
        SplitRule split = ReadSplit(root["pre_tokenizer"]);
        bool declaresNfc = ReadNormalizer(root.Find("normalizer"));
        if (root.Find("added_tokens") is { } added)
        {
            ReadAdded(added);
        }

        ReadVocabulary(model["vocab"]);
        Merge[] merges = ReadMerges(model["merges"]);
        bool ignoreMerges = model.Find("ignore_merges")?.AsBoolean() ?? false;
        return new BpeVocabulary(split, _tokens, merges, [.. _added.Values.OrderBy(token => token.Id)], ignoreMerges, declaresNfc);
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

        foreach (string affix in new[] { "continuing_subword_prefix", "end_of_word_suffix" })
        {
            if (model.Find(affix) is { } value && value.AsString().Length > 0)
            {
                throw value.Wrong("null or \"\": byte-level BPE marks no parts of words");
            }
        }

        if (model.Find("byte_fallback") is { } fallback && fallback.AsBoolean())
        {
            throw fallback.Wrong("false: a byte-level vocabulary needs no fallback");
        }
    }

    private static void CheckDecoder(JsonPlace? decoder)
    {
        if (decoder is { } found && !(Type(found) == "ByteLevel" || (Type(found) == "Sequence" && found["decoders"].Items().All(part => Type(part) == "ByteLevel"))))
        {
            throw found.Wrong("a ByteLevel decoder");
        }
    }

    private static bool ReadNormalizer(JsonPlace? normalizer)
    {
        if (normalizer is not { } found)
        {
            return false;
        }

        if (Type(found) == "Sequence")
        {
            bool any = false;
            foreach (JsonPlace part in found["normalizers"].Items())
            {
                any |= ReadNormalizer(part);
            }

            return any;
        }

        return Type(found) == "NFC" ? true : throw found.Wrong("no normalizer, or NFC");
    }

    private static SplitRule ReadSplit(JsonPlace preTokenizer)
    {
        const string Wanted = "ByteLevel with its own expression (GPT-2), one of Digits and ByteLevel (SmolLM), or a Sequence of Split and ByteLevel with the expression of llama-bpe, qwen2 or o200k";
        if (preTokenizer.Kind == JsonValueKind.Object && Type(preTokenizer) == "ByteLevel")
        {
            CheckNoPrefix(preTokenizer);
            return (preTokenizer.Find("use_regex")?.AsBoolean() ?? true) ? SplitRule.Gpt2 : throw preTokenizer.Wrong(Wanted);
        }

        if (preTokenizer.Kind != JsonValueKind.Object || Type(preTokenizer) != "Sequence")
        {
            throw preTokenizer.Wrong(Wanted);
        }

        JsonPlace[] parts = [.. preTokenizer["pretokenizers"].Items()];
        if (parts.Length == 2 && Type(parts[0]) == "Digits" && Type(parts[1]) == "ByteLevel")
        {
            return ReadDigits(parts[0], parts[1]);
        }

        if (parts.Length != 2 || Type(parts[0]) != "Split" || Type(parts[1]) != "ByteLevel")
        {
            throw preTokenizer.Wrong(Wanted);
        }

        CheckNoPrefix(parts[1]);
        if (parts[1].Find("use_regex")?.AsBoolean() ?? true)
        {
            throw parts[1].Wrong("\"use_regex\": false after a Split");
        }

        // The expressions match every character, so keeping matches and removing what lies between are the same.
        bool invert = parts[0].Find("invert")?.AsBoolean() ?? false;
        if ((parts[0]["behavior"].AsString(), invert) is not (("Isolated", false) or ("Removed", true)))
        {
            throw parts[0].Wrong("behavior Isolated, not inverted");
        }

        JsonPlace pattern = parts[0]["pattern"]["Regex"];
        return SplitPatterns.Recognise(pattern.AsString()) ?? throw pattern.Wrong("the published expression of GPT-2, llama-bpe, qwen2 or o200k");
    }

    private static SplitRule ReadDigits(JsonPlace digits, JsonPlace byteLevel)
    {
        CheckNoPrefix(byteLevel);
        bool alone = digits.Find("individual_digits")?.AsBoolean() ?? false;
        return alone && (byteLevel.Find("use_regex")?.AsBoolean() ?? true)
            ? SplitRule.SmolLm
            : throw digits.Wrong("\"individual_digits\": true before a ByteLevel with its own expression (SmolLM)");
    }

    private static void CheckNoPrefix(JsonPlace byteLevel)
    {
        JsonPlace prefix = byteLevel["add_prefix_space"];
        if (prefix.AsBoolean())
        {
            throw prefix.Wrong("false: a space before the text would not decode to it");
        }
    }

    private static string Type(JsonPlace part) => part["type"].AsString();

    private void ReadAdded(JsonPlace list)
    {
        var texts = new HashSet<string>(StringComparer.Ordinal);
        foreach (JsonPlace item in list.Items())
        {
            AddedToken token = AddedToken.Read(item, IdLimit);
            if (token.Text.Length == 0 || !texts.Add(token.Text))
            {
                throw item.Wrong("a content that is not empty and comes once");
            }

            if (!_added.TryAdd(token.Id, token))
            {
                throw item.Wrong("an id of its own");
            }
        }
    }

    private void ReadVocabulary(JsonPlace vocabulary)
    {
        Dictionary<string, int> addedIds = _added.Values.ToDictionary(token => token.Text, token => token.Id, StringComparer.Ordinal);
        var entries = new List<(int Id, byte[] Bytes)>();
        foreach ((string name, JsonPlace value) in vocabulary.Members())
        {
            int id = value.AsInteger(IdLimit);
            if (addedIds.TryGetValue(name, out int addedId) || _added.ContainsKey(id))
            {
                if (addedId != id || _added[id].Text != name)
                {
                    throw value.Wrong("the same id and content as in added_tokens");
                }

                continue;
            }

            if (name.Length == 0 || !ByteLevelAlphabet.TryRead(name, out byte[] bytes))
            {
                throw new TokenizerFormatException(value.Place, "a token in GPT-2's byte-level alphabet", name.Length == 0 ? "an empty one" : "other characters");
            }

            _ids.Add(name, id);
            entries.Add((id, bytes));
        }

        int count = Math.Max(entries.Count == 0 ? 0 : entries.Max(entry => entry.Id) + 1, _added.Count == 0 ? 0 : _added.Keys.Max() + 1);
        _tokens = new byte[]?[count];
        foreach ((int id, byte[] bytes) in entries)
        {
            if (_tokens[id] is not null)
            {
                throw new TokenizerFormatException($"{vocabulary.Place}[\"{ByteLevelAlphabet.Write(bytes)}\"]", "an id of its own", $"the id of \"{ByteLevelAlphabet.Write(_tokens[id])}\"");
            }

            _tokens[id] = bytes;
        }

        foreach (AddedToken token in _added.Values)
        {
            _tokens[token.Id] = Encoding.UTF8.GetBytes(token.Text);
        }

        for (int value = 0; value < 256; value++)
        {
            if (!_ids.ContainsKey(ByteLevelAlphabet.Write([(byte)value])))
            {
                throw new TokenizerFormatException(vocabulary.Place, "a token for each of the 256 bytes", $"none for 0x{value:X2}");
            }
        }
    }

    private Merge[] ReadMerges(JsonPlace merges)
    {
        var pairs = new HashSet<(int, int)>();
        var result = new List<Merge>();
        foreach (JsonPlace item in merges.Items())
        {
            (string left, string right) = ReadPair(item);
            if (!_ids.TryGetValue(left, out int leftId) || !_ids.TryGetValue(right, out int rightId) || !_ids.TryGetValue(left + right, out int id))
            {
                throw item.Wrong("two tokens of the vocabulary whose joint text is one too, and none of them an added token");
            }

            if (!pairs.Add((leftId, rightId)))
            {
                throw item.Wrong("a pair that comes once");
            }

            result.Add(new Merge(leftId, rightId, id));
        }

        return [.. result];
    }

    private static (string Left, string Right) ReadPair(JsonPlace item)
    {
        string[] parts = item.Kind == JsonValueKind.Array ? [.. item.Items().Select(part => part.AsString())] : item.AsString().Split(' ');
        return parts.Length == 2 && parts[0].Length > 0 && parts[1].Length > 0 ? (parts[0], parts[1]) : throw item.Wrong("two tokens");
    }
}
