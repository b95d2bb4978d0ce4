namespace Lazuli.Inference;

/// <summary>A given text of which some tokens are scored: the row of each token is what the model expects after it.</summary>
/// <remarks>The last token is not fed, since nothing follows it.</remarks>
internal sealed class ScoreSequence(ScoringJob job, int choice) : GivenSequence(job, choice, job.Continuations[choice].AsSpan()[..^1])
{
    private readonly int _firstScored = job.FirstScored[choice];
    private int _scored;

    /// <summary>Scores of the tokens from the first scored one to the last.</summary>
    public TokenScore[] Scores { get; } = new TokenScore[job.Prompt.Length + job.Continuations[choice].Length - job.FirstScored[choice]];

    public override int FirstOutput => _firstScored - 1 + _scored;

    public override StepOutput OutputAt(int position) => position >= FirstOutput ? StepOutput.ReadLogits : StepOutput.None;

    public override void Read(int position, ReadOnlySpan<float> row)
    {
        LogProbabilityReader reader = job.Reader;
        reader.Take(row);
        if (!reader.IsFinite)
        {
            Failure = NotFinite.Exception();
            return;
        }

        int token = position + 1 < Tokens.Length ? Tokens[position + 1] : job.Continuations[Choice][^1];
        Scores[_scored++] = new TokenScore(reader.Of(token), token == reader.MostLikely, job.TopLogProbabilities > 0 ? Likeliest(reader, job.TopLogProbabilities) : []);
        UncountedHeadRows++;
    }

    private static (int Id, double LogProbability)[] Likeliest(LogProbabilityReader reader, int count) => [.. reader.Likeliest(count).Select(id => (id, reader.Of(id)))];
}
