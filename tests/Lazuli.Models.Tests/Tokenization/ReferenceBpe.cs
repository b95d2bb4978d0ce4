namespace Lazuli.Models.Tests;

/// <summary>Byte-pair encoding and its training as the definition says, without any cleverness: the oracle of ours.</summary>
internal static class ReferenceBpe
{
    /// <summary>Merges found by counting every pair anew each time.</summary>
    public static List<(byte[] Left, byte[] Right)> Train(SplitRule rule, IEnumerable<byte[]> documents, int merges, long minimum)
    {
        var tokens = Enumerable.Range(0, 256).Select(value => Convert.ToHexString([(byte)value])).ToList();
        List<List<int>> words = [.. documents.SelectMany(text => SplitterTests.Pieces(rule, text)).Select(piece => piece.Select(value => (int)value).ToList())];
        var result = new List<(byte[], byte[])>();
        while (tokens.Count < 256 + merges)
        {
            var counts = new Dictionary<(int Left, int Right), long>();
            foreach (List<int> word in words)
            {
                for (int i = 0; i + 1 < word.Count; i++)
                {
                    counts[(word[i], word[i + 1])] = counts.GetValueOrDefault((word[i], word[i + 1])) + 1;
                }
            }

            if (counts.Count == 0)
            {
                break;
            }

            ((int left, int right), long count) = counts.OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key.Left).ThenBy(pair => pair.Key.Right).First();
            if (count < minimum)
            {
                break;
            }

            string joined = tokens[left] + tokens[right];
            int id = tokens.IndexOf(joined);
            if (id < 0)
            {
                id = tokens.Count;
                tokens.Add(joined);
            }

            result.Add((Convert.FromHexString(tokens[left]), Convert.FromHexString(tokens[right])));
            foreach (List<int> word in words)
            {
                for (int i = 0; i + 1 < word.Count; i++)
                {
                    if (word[i] == left && word[i + 1] == right)
                    {
                        word[i] = id;
                        word.RemoveAt(i + 1);
                    }
                }
            }
        }

        return result;
    }

    /// <summary>Ids of a text: in each piece the pair of lowest rank, leftmost first, until none is left.</summary>
    public static List<int> Encode(BpeTokenizer tokenizer, byte[] text)
    {
        BpeVocabulary vocabulary = tokenizer.Vocabulary;
        var ranks = vocabulary.Merges.Select((merge, rank) => (merge, rank)).ToDictionary(item => (item.merge.Left, item.merge.Right), item => (item.rank, item.merge.Result));
        var ids = new List<int>();
        foreach (byte[] piece in SplitterTests.Pieces(tokenizer.Split, text))
        {
            List<int> symbols = [.. piece.Select(value => vocabulary.ByteIds[value])];
            while (true)
            {
                int best = -1;
                int bestRank = int.MaxValue;
                for (int i = 0; i + 1 < symbols.Count; i++)
                {
                    if (ranks.TryGetValue((symbols[i], symbols[i + 1]), out (int Rank, int Result) found) && found.Rank < bestRank)
                    {
                        (best, bestRank) = (i, found.Rank);
                    }
                }

                if (best < 0)
                {
                    break;
                }

                symbols[best] = ranks[(symbols[best], symbols[best + 1])].Result;
                symbols.RemoveAt(best + 1);
            }

            ids.AddRange(symbols);
        }

        return ids;
    }
}
