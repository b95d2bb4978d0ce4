using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Lazuli.Models;

/// <summary>Writes a vocabulary in the form of Hugging Face's <c>tokenizer.json</c>.</summary>
/// <remarks>
/// Merges are written as <c>"a b"</c>, which every version reads. Added tokens that stand before a normal one must be in <c>model.vocab</c> as well, else readers number them anew.
/// </remarks>
internal static class TokenizerJsonWriter
{
    private static readonly JsonWriterOptions Options = new() { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static byte[] Write(BpeVocabulary vocabulary)
    {
        var buffer = new ArrayBufferWriter<byte>(1 << 16);
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            json.WriteString("version", "1.0");
            json.WriteNull("truncation");
            json.WriteNull("padding");
            WriteAddedTokens(json, vocabulary);
            WriteNormalizer(json, vocabulary);
            WritePreTokenizer(json, vocabulary.Split);
            WriteByteLevel(json, "post_processor", useRegex: false);
            WriteByteLevel(json, "decoder", useRegex: false);
            WriteModel(json, vocabulary);
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteAddedTokens(Utf8JsonWriter json, BpeVocabulary vocabulary)
    {
        json.WriteStartArray("added_tokens");
        foreach (AddedToken token in vocabulary.Added.OrderBy(token => token.Id))
        {
            json.WriteStartObject();
            json.WriteNumber("id", token.Id);
            json.WriteString("content", token.Text);
            json.WriteBoolean("single_word", token.IsWord);
            json.WriteBoolean("lstrip", token.Trim.HasFlag(TokenTrim.Before));
            json.WriteBoolean("rstrip", token.Trim.HasFlag(TokenTrim.Behind));
            json.WriteBoolean("normalized", token.IsNormalized);
            json.WriteBoolean("special", token.IsSpecial);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteNormalizer(Utf8JsonWriter json, BpeVocabulary vocabulary)
    {
        if (!vocabulary.DeclaresNfc)
        {
            json.WriteNull("normalizer");
            return;
        }

        json.WriteStartObject("normalizer");
        json.WriteString("type", "NFC");
        json.WriteEndObject();
    }

    private static void WritePreTokenizer(Utf8JsonWriter json, SplitRule split)
    {
        if (split == SplitRule.Gpt2)
        {
            WriteByteLevel(json, "pre_tokenizer", useRegex: true);
            return;
        }

        json.WriteStartObject("pre_tokenizer");
        json.WriteString("type", "Sequence");
        json.WriteStartArray("pretokenizers");
        json.WriteStartObject();
        if (split == SplitRule.SmolLm)
        {
            json.WriteString("type", "Digits");
            json.WriteBoolean("individual_digits", true);
            json.WriteEndObject();
            WriteByteLevel(json, null, useRegex: true);
            json.WriteEndArray();
            json.WriteEndObject();
            return;
        }

        json.WriteString("type", "Split");
        json.WriteStartObject("pattern");
        json.WriteString("Regex", SplitPatterns.Of(split));
        json.WriteEndObject();
        json.WriteString("behavior", "Isolated");
        json.WriteBoolean("invert", false);
        json.WriteEndObject();
        WriteByteLevel(json, null, useRegex: false);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteByteLevel(Utf8JsonWriter json, string? name, bool useRegex)
    {
        if (name is not null)
        {
            json.WritePropertyName(name);
        }

        json.WriteStartObject();
        json.WriteString("type", "ByteLevel");
        json.WriteBoolean("add_prefix_space", false);
        json.WriteBoolean("trim_offsets", false);
        json.WriteBoolean("use_regex", useRegex);
        json.WriteEndObject();
    }

    private static void WriteModel(Utf8JsonWriter json, BpeVocabulary vocabulary)
    {
        json.WriteStartObject("model");
        json.WriteString("type", "BPE");
        json.WriteNull("dropout");
        json.WriteNull("unk_token");
        json.WriteString("continuing_subword_prefix", "");
        json.WriteString("end_of_word_suffix", "");
        json.WriteBoolean("fuse_unk", false);
        json.WriteBoolean("byte_fallback", false);
        json.WriteBoolean("ignore_merges", vocabulary.IgnoreMerges);
        json.WriteStartObject("vocab");
        Dictionary<int, string> added = vocabulary.Added.ToDictionary(token => token.Id, token => token.Text);
        int lastNormal = vocabulary.Count - 1;
        while (vocabulary.KindOf(lastNormal) != TokenKind.Normal)
        {
            lastNormal--;
        }

        for (int id = 0; id <= lastNormal; id++)
        {
            if (vocabulary.KindOf(id) != TokenKind.Unused)
            {
                json.WriteNumber(added.TryGetValue(id, out string? text) ? text : ByteLevelAlphabet.Write(vocabulary.BytesOf(id)), id);
            }
        }

        json.WriteEndObject();
        json.WriteStartArray("merges");
        foreach (Merge merge in vocabulary.Merges)
        {
            json.WriteStringValue(ByteLevelAlphabet.Write(vocabulary.BytesOf(merge.Left)) + " " + ByteLevelAlphabet.Write(vocabulary.BytesOf(merge.Right)));
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
