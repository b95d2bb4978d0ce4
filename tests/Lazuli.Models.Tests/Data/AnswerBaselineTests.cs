using Lazuli.Training;

namespace Lazuli.Models.Tests;

public sealed class AnswerBaselineTests
{
    private static readonly NamedAnswer[] s_training =
    [
        new("System.IO.FileStream.Flush", "Clears buffers of the file."),
        new("System.IO.MemoryStream.Flush", "Does nothing."),
        new("System.Linq.Enumerable.Aggregate", "Applies an accumulator."),
        new("System.Linq.ParallelEnumerable.AsParallel", "Enables parallelism."),
        new("System.String.Length", "Gets the number of characters."),
        new("System.Text.StringBuilder.Capacity", "Gets or sets the capacity."),
        new("the constructor of System.Text.StringBuilder", "Initializes a StringBuilder."),
        new("the constructor of System.Uri", "Initializes a Uri."),
        new("System.A", "Does nothing."),
    ];

    [Fact]
    public void The_commonest_answer_is_given_to_everything() => Assert.Equal("Does nothing.", new MostFrequentAnswerBaseline(s_training).Answer);

    [Theory]
    [InlineData("System.Linq.Queryable.Aggregate", "System.Linq.Enumerable.Aggregate")]
    [InlineData("System.IO.BufferedFile.Flush", "System.IO.FileStream.Flush")]
    [InlineData("System.IO.MemoryBuffer.Flush", "System.IO.MemoryStream.Flush")]
    [InlineData("System.IO.Stream.GetMemoryStream", "System.IO.MemoryStream.Flush")]
    [InlineData("System.Text.Rope.MaxCapacity", "System.Text.StringBuilder.Capacity")]
    [InlineData("the constructor of System.UriBuilder", "the constructor of System.Uri")]
    [InlineData("Zzz", "System.A")]
    public void The_nearest_name_shares_the_member_first_and_rare_words_next(string asked, string nearest) => Assert.Equal(nearest, new NearestNameBaseline(s_training).Nearest(asked));

    [Fact]
    public void Scores_count_exact_answers_and_character_overlap()
    {
        HeldOutItem[] items =
        [
            new([new ChatTurn("user", "What is A?")], "One.", "T:A", "A"),
            new([new ChatTurn("user", "What is B?")], "Two.", "T:B", "B"),
        ];
        AnswerScores scores = AnswerScores.Of(items, i => i.Name == "A" ? "One." : "xyz");
        Assert.Equal((2, 0.5), (scores.Items, scores.ExactShare));
        Assert.InRange(scores.ChrF, 40, 60);
        Assert.Equal(100, AnswerScores.Of(items, i => i.Answer).ChrF, 1e-9);
    }

    [Fact]
    public void Baselines_want_something_to_learn_from()
    {
        Assert.Throws<ArgumentException>(() => new MostFrequentAnswerBaseline([]));
        Assert.Throws<ArgumentException>(() => new NearestNameBaseline([]));
    }
}
