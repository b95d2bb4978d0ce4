using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace Lazuli.Models;

/// <summary>The small files beside <c>tokenizer.json</c>: <c>tokenizer_config.json</c>, <c>special_tokens_map.json</c>, <c>generation_config.json</c>.</summary>
internal static class HuggingFaceTokenizer
{
    /// <summary>Bound on the files read here.</summary>
    public const int MaxFileLength = 64 << 20;

    /// <summary>The tokenizer, which must be one that <c>tokenizer.json</c> is written for.</summary>
    /// <exception cref="ArgumentException">It is SentencePiece.</exception>
    public static BpeTokenizer ByteLevel(TokenizerFiles files) => files.Tokenizer as BpeTokenizer
        ?? throw new ArgumentException("A Hugging Face folder is written with a byte-level tokenizer; this model's is SentencePiece. Write it as GGUF.", nameof(files));

    /// <summary>Writes <c>tokenizer_config.json</c>.</summary>
    public static byte[] Config(ModelPackage package) => JsonText.Write(json =>
    {
        TokenizerFiles tokenizer = package.Tokenizer;
        json.WriteStartObject("added_tokens_decoder");
        foreach (AddedToken token in ByteLevel(tokenizer).Vocabulary.Added.OrderBy(token => token.Id))
        {
            json.WriteStartObject(token.Id.ToString(CultureInfo.InvariantCulture));
            json.WriteString("content", token.Text);
            json.WriteBoolean("lstrip", token.Trim.HasFlag(TokenTrim.Before));
            json.WriteBoolean("normalized", token.IsNormalized);
            json.WriteBoolean("rstrip", token.Trim.HasFlag(TokenTrim.Behind));
            json.WriteBoolean("single_word", token.IsWord);
            json.WriteBoolean("special", token.IsSpecial);
            json.WriteEndObject();
        }

        json.WriteEndObject();
        if (tokenizer.BeginId is not null)
        {
            json.WriteBoolean("add_bos_token", tokenizer.AddsBegin);
        }

        WriteNamedTokens(json, tokenizer);
        if (package.ChatTemplate is string template)
        {
            json.WriteString("chat_template", template);
        }

        json.WriteBoolean("clean_up_tokenization_spaces", false);
        JsonText.Strings(json, "model_input_names", ["input_ids", "attention_mask"]);
        json.WriteNumber("model_max_length", package.Config.ContextLength);
        json.WriteString("tokenizer_class", "PreTrainedTokenizerFast");
    });

    /// <summary>Writes <c>special_tokens_map.json</c>.</summary>
    public static byte[] SpecialTokensMap(TokenizerFiles tokenizer) => JsonText.Write(json => WriteNamedTokens(json, tokenizer));

    /// <summary>Writes <c>generation_config.json</c>: where texts begin and end; sampling is left to whoever samples.</summary>
    public static byte[] GenerationConfig(TokenizerFiles tokenizer) => JsonText.Write(json =>
    {
        if (tokenizer.BeginId is int begin)
        {
            json.WriteNumber("bos_token_id", begin);
        }

        if (tokenizer.StopIds.Count > 0)
        {
            json.WriteStartArray("eos_token_id");
            foreach (int id in tokenizer.StopIds)
            {
                json.WriteNumberValue(id);
            }

            json.WriteEndArray();
        }

        if (tokenizer.PaddingId is int padding)
        {
            json.WriteNumber("pad_token_id", padding);
        }
    });

    /// <summary>Whether texts begin with the folder's beginning id: as <c>tokenizer_config.json</c> says, else the post-processor of <c>tokenizer.json</c>; null when neither says.</summary>
    public static bool? ReadAddsBegin(string folder)
    {
        string path = Path.Combine(folder, "tokenizer_config.json");
        if (File.Exists(path) && JsonFields.Open(path, MaxFileLength) is var fields && fields.Has("add_bos_token"))
        {
            return fields.Flag("add_bos_token", false);
        }

        return TokenizerJsonOutline.BeginsWithSpecial(File.ReadAllBytes(Path.Combine(folder, HuggingFaceFolder.TokenizerName)));
    }

    /// <summary>Id of the special token that the post-processor of <c>tokenizer.json</c> puts behind a text; null when it puts none.</summary>
    public static int? ReadAddedEndId(string tokenizerPath, ITokenizer tokenizer) =>
        TokenizerJsonOutline.EndingSpecial(File.ReadAllBytes(tokenizerPath)) is { } name && tokenizer.SpecialTokens.TryGetValue(name, out int id) ? id : null;

    /// <summary>The chat format of a folder: <c>chat_template.jinja</c>, else the one in <c>tokenizer_config.json</c>; null when there is none.</summary>
    public static string? ReadChatTemplate(string folder)
    {
        string jinja = Path.Combine(folder, "chat_template.jinja");
        if (File.Exists(jinja))
        {
            return ReadText(jinja);
        }

        string path = Path.Combine(folder, "tokenizer_config.json");
        if (!File.Exists(path))
        {
            return null;
        }

        JsonFields fields = JsonFields.Open(path, MaxFileLength);
        return fields.Value("chat_template") is { ValueKind: JsonValueKind.Array } templates ? ReadNamedTemplate(fields, templates) : fields.Text("chat_template");
    }

    private static string ReadText(string path)
    {
        long length = new FileInfo(path).Length;
        if (length > MaxFileLength)
        {
            throw new ModelFormatException(path, "size", $"at most {MaxFileLength} bytes", $"{length}");
        }

        byte[] bytes = File.ReadAllBytes(path);
        return Utf8.IsValid(bytes) ? Encoding.UTF8.GetString(bytes) : throw new ModelFormatException(path, "start", "UTF-8", "other bytes");
    }

    /// <summary>Some folders hold several templates by name; the one named default is the chat format.</summary>
    private static string? ReadNamedTemplate(JsonFields fields, JsonElement templates)
    {
        foreach (JsonElement item in templates.EnumerateArray())
        {
            if (item.ValueKind == JsonValueKind.Object && item.TryGetProperty("name", out JsonElement name) && item.TryGetProperty("template", out JsonElement template)
                && fields.TextOf("chat_template", name) == "default")
            {
                return fields.TextOf("chat_template", template);
            }
        }

        throw fields.Bad("chat_template", "a text, or an array with one named default", "an array without it");
    }

    private static void WriteNamedTokens(Utf8JsonWriter json, TokenizerFiles tokenizer)
    {
        Write("bos_token", tokenizer.BeginId);
        Write("eos_token", tokenizer.EndId);
        Write("pad_token", tokenizer.PaddingId);

        void Write(string name, int? id)
        {
            if (id is int value)
            {
                json.WriteString(name, ByteLevel(tokenizer).TokenText(value));
            }
        }
    }
}
