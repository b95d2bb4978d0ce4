namespace Lazuli.Cli;

/// <summary>Makes the requests of a load: random words, as many as give the tokens wanted by the server's own count. Equal seeds give equal requests.</summary>
/// <remarks>
/// Words have four letters each, so that every tokenizer makes about the same number of tokens of each; two answers of the server tell how many
/// (<see cref="Calibrated"/>). Lengths depend on a request's number only, words on the level too: levels compare, and none finds another's prompts in a cache.
/// </remarks>
internal sealed class LoadPrompts(LoadShape shape, double tokensOfNone = 0, double tokensPerWord = 1)
{
    private static readonly string[] s_words =
    [
        "able", "acid", "aunt", "bank", "barn", "bell", "bird", "blue", "boat", "book", "calm", "camp", "card", "city", "coat", "cold",
        "corn", "dark", "deep", "desk", "door", "dust", "each", "east", "face", "farm", "fast", "film", "fire", "fish", "flag", "foot",
        "gate", "gift", "girl", "goat", "gold", "hall", "hand", "hill", "home", "iron", "jazz", "july", "king", "lake", "lamp", "land",
        "leaf", "lion", "milk", "moon", "nest", "open", "park", "rain", "road", "rock", "ship", "song", "star", "time", "tree", "wind",
    ];

    /// <summary>Words of the two prompts that calibrate.</summary>
    public const int FewWords = 2, MoreWords = 12;

    /// <summary>The same requests, their lengths fitted to what a server counted for prompts of <see cref="FewWords"/> and <see cref="MoreWords"/>.</summary>
    public LoadPrompts Calibrated(int tokensOfFew, int tokensOfMore)
    {
        double perWord = Math.Max(0.1, (double)(tokensOfMore - tokensOfFew) / (MoreWords - FewWords));
        return new LoadPrompts(shape, tokensOfFew - (FewWords * perWord), perWord);
    }

    /// <summary>A prompt of so many words, for calibration.</summary>
    public LoadRequest OfWords(int words) => new(Text(words, words, new Random(shape.Seed)), 1, shape.Temperature, shape.Seed);

    /// <summary>Request <paramref name="number"/> of a level.</summary>
    public LoadRequest Of(int level, int number)
    {
        var lengths = new Random(Mix(shape.Seed, number, 0));
        int promptTokens = shape.PromptTokens.Draw(lengths);
        int maxTokens = shape.MaxTokens.Draw(lengths);
        int words = Math.Max(1, (int)Math.Round((promptTokens - tokensOfNone) / tokensPerWord));
        int shared = (int)Math.Round(shape.SharedPrefix * words);
        return new LoadRequest(Text(words, shared, new Random(Mix(shape.Seed, number, level + 1))), maxTokens, shape.Temperature, Mix(shape.Seed, number, level + 1) & int.MaxValue);
    }

    /// <summary>Seconds after the start at which request after request is due, as a Poisson process sends them; nothing but 0 without a rate.</summary>
    public double[] Arrivals(int requests, double? ratePerSecond)
    {
        var due = new double[requests];
        if (ratePerSecond is not double rate)
        {
            return due;
        }

        var random = new Random(shape.Seed);
        for (int i = 1; i < requests; i++)
        {
            due[i] = due[i - 1] - (Math.Log(1 - random.NextDouble()) / rate);
        }

        return due;
    }

    private string Text(int words, int shared, Random own)
    {
        var common = new Random(shape.Seed);
        var text = new string[words];
        for (int i = 0; i < words; i++)
        {
            text[i] = s_words[(i < shared ? common : own).Next(s_words.Length)];
        }

        return string.Join(' ', text);
    }

    /// <summary>A number that looks unlike its neighbours' (the finaliser of MurmurHash3).</summary>
    private static int Mix(int seed, int number, int level)
    {
        uint h = unchecked((uint)seed * 0x9E3779B1u) ^ unchecked((uint)number * 0x85EBCA77u) ^ unchecked((uint)level * 0xC2B2AE3Du);
        h ^= h >> 16;
        h = unchecked(h * 0x85EBCA6Bu);
        h ^= h >> 13;
        h = unchecked(h * 0xC2B2AE35u);
        return unchecked((int)(h ^ (h >> 16)));
    }
}
