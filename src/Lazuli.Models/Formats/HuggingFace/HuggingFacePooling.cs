namespace Lazuli.Models;

/// <summary>What a folder says about vectors of texts: <c>1_Pooling/config.json</c>, as the library Sentence Transformers writes it, and two fields of <c>config.json</c>.</summary>
internal static class HuggingFacePooling
{
    /// <summary>The file, below the model's folder.</summary>
    public static readonly string Name = Path.Combine("1_Pooling", "config.json");

    private static readonly (string Field, PoolingKind? Kind)[] s_modes =
    [
        ("pooling_mode_mean_tokens", PoolingKind.Mean),
        ("pooling_mode_cls_token", PoolingKind.First),
        ("pooling_mode_lasttoken", PoolingKind.Last),
        ("pooling_mode_max_tokens", null),
        ("pooling_mode_mean_sqrt_len_tokens", null),
        ("pooling_mode_weightedmean_tokens", null),
    ];

    /// <summary>The pooling; null where the folder says none.</summary>
    /// <exception cref="ModelFormatException">The file is damaged, or wants several or a kind that is not implemented.</exception>
    public static PoolingKind? Read(string folder)
    {
        string path = Path.Combine(folder, Name);
        if (!File.Exists(path))
        {
            return null;
        }

        JsonFields fields = JsonFields.Open(path, HuggingFaceTokenizer.MaxFileLength);
        (string Field, PoolingKind? Kind)[] chosen = [.. s_modes.Where(m => fields.Flag(m.Field, false))];
        return chosen.Length == 1 && chosen[0].Kind is { } kind
            ? kind
            : throw new ModelFormatException(path, "pooling_mode_…", "one of mean_tokens, cls_token and lasttoken (nothing else is implemented)", chosen.Length == 0 ? "none" : string.Join(", ", chosen.Select(m => m.Field)));
    }

    /// <summary>Writes the file.</summary>
    public static byte[] Write(PoolingKind pooling, int width) => JsonText.Write(json =>
    {
        json.WriteNumber("word_embedding_dimension", width);
        foreach ((string field, PoolingKind? kind) in s_modes)
        {
            json.WriteBoolean(field, kind == pooling);
        }

        json.WriteBoolean("include_prompt", true);
    });

    /// <summary>Whether the beginning of a vector is a vector too, by <c>is_matryoshka</c> or <c>matryoshka_dimensions</c>.</summary>
    public static bool IsMatryoshka(JsonFields config) => config.Flag("is_matryoshka", false) || config.Has("matryoshka_dimensions");
}
