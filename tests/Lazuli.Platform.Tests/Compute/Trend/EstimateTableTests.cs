using System.Text;
using Lazuli.Compute;

namespace Lazuli.Platform.Tests;

public sealed class EstimateTableTests
{
    private const string EpochHeadings = "Model,Organization,Publication date,Training compute (FLOP),Confidence,Abstract";

    [Fact]
    public void Epochs_columns_are_read_by_name_wherever_they_stand()
    {
        ComputeDataSet read = Tables.FromText(
            EpochHeadings + "\nAlexNet,Toronto,2012-09-30,4.7e+17,Confident,\"Quoted, with \"\"quotes\"\"\nand a second line\"\nGPT-1,OpenAI,2018-06-01,1.76e+19,Likely,\n");
        Assert.Equal(["AlexNet", "GPT-1"], read.Estimates.Select(e => e.System));
        Assert.Equal(EstimateConfidence.Confident, read.Estimates[0].Confidence);
        Assert.Equal(new DateOnly(2018, 6, 1), read.Estimates[1].Date.Day);
    }

    [Fact]
    public void Rows_without_compute_or_date_are_left_out_and_counted()
    {
        ComputeDataSet read = Tables.FromText("system,date,flop\nA,2012-01-01,\nB,,1e18\nC,2013-01-01,1e19\n");
        Assert.Equal("C", Assert.Single(read.Estimates).System);
        Assert.Equal(new TableReading(3, 1, 1, 0, 0, 0), read.Reading);
    }

    [Fact]
    public void Line_ends_and_escapes_in_names_do_not_reach_a_screen()
    {
        ComputeDataSet read = Tables.FromText("system,date,flop\n\"GPT-3.5 (davinci-002)\n\",2022-11-28,2.58e24\n\"\u001b[2JBad\tname\",2023-01-01,1e24\n");
        Assert.Equal(["GPT-3.5 (davinci-002)", "[2JBad name"], read.Estimates.Select(e => e.System));
    }

    [Fact]
    public void Jitter_is_taken_off_values() =>
        Assert.Equal(2e23, Tables.FromText("system,date,flop\nA,2020-01-01,2.0000000001e+23\n").Estimates[0].Flop);

    [Fact]
    public void Repeated_rows_count_once_and_shared_names_are_told()
    {
        ComputeDataSet read = Tables.FromText("system,date,flop\nA,2020-01-01,2e23\nA,2020-01-01,2.0000000001e+23\nA,2021-01-01,3e23\n");
        Assert.Equal(2, read.Estimates.Count);
        Assert.Equal(1, read.Reading.Repeated);
        Assert.Equal(2, read.Reading.SharedNames);
    }

    [Theory]
    [InlineData("2012-09", "2012-09-15", "2012-09")]
    [InlineData("2012", "2012-07-01", "2012")]
    public void Coarse_dates_stand_in_the_middle_and_say_so(string text, string day, string shown)
    {
        ComputeDataSet read = Tables.FromText($"system,date,flop\nA,{text},1e18\n");
        Assert.Equal(DateOnly.Parse(day, System.Globalization.CultureInfo.InvariantCulture), read.Estimates[0].Date.Day);
        Assert.Equal(shown, read.Estimates[0].Date.ToString());
        Assert.Equal(1, read.Reading.CoarseDates);
    }

    [Theory]
    [InlineData("", "line 1", "headings")]
    [InlineData("name,when,much\nA,2012,1\n", "line 1", "system")]
    [InlineData("system,date\nA,2012\n", "line 1", "flop")]
    [InlineData("system,date,flop\nA,2012-01-01,many\n", "line 2", "positive number")]
    [InlineData("system,date,flop\nA,2012-01-01,-1e18\n", "line 2", "positive number")]
    [InlineData("system,date,flop\nA,2012-01-01,NaN\n", "line 2", "positive number")]
    [InlineData("system,date,flop\nA,2012-01-01,1e400\n", "line 2", "positive number")]
    [InlineData("system,date,flop\nA,2012-13-01,1e18\n", "line 2", "date from 1900")]
    [InlineData("system,date,flop\nA,0012-01-01,1e18\n", "line 2", "date from 1900")]
    [InlineData("system,date,flop\n,2012-01-01,1e18\n", "line 2", "name")]
    [InlineData("system,date,flop\nA,2012-01-01\n", "line 2", "3 fields")]
    [InlineData("system,date,flop\nA,2012-01-01,1e18\n\"B,2012-01-01,1e18\n", "line 3", "quotes closed")]
    [InlineData("system,date,flop,confidence\nA,2012-01-01,1e18,sure\n", "line 2", "Confident")]
    [InlineData("system,date,flop,method\nA,2012-01-01,1e18,3\n", "line 2", "method")]
    [InlineData("system,date,flop,scope\nA,2012-01-01,1e18,wide\n", "line 2", "scope")]
    [InlineData("system,date,flop\n", "its rows", "at least one")]
    public void A_table_that_is_off_is_refused_with_place_expected_and_found(string text, string place, string expected)
    {
        var refused = Assert.Throws<TrendDataException>(() => Tables.FromText(text));
        Assert.Equal(place, refused.Place);
        Assert.Contains(expected, refused.Expected, StringComparison.Ordinal);
        Assert.EndsWith("made.csv", refused.Table, StringComparison.Ordinal);
        Assert.NotEmpty(refused.Found);
    }

    [Fact]
    public void A_file_too_large_to_be_such_a_table_is_refused_before_it_is_read()
    {
        string path = Path.GetTempFileName();
        try
        {
            using (FileStream file = File.OpenWrite(path))
            {
                file.SetLength(EstimateTable.MostBytes + 1L); // sparse: takes no room
            }

            Assert.Equal("size", Assert.Throws<TrendDataException>(() => ComputeDataSets.Import(path, ComputeScope.Direct)).Place);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void Bytes_that_are_not_text_are_refused()
    {
        byte[] bytes = [.. "system,date,flop\n"u8, 0xFF, 0xFE, 0xFF, .. ",2012-01-01,1e18\n"u8];
        Assert.Contains("UTF-8", Assert.Throws<TrendDataException>(() => EstimateTable.Read("t", bytes)).Expected, StringComparison.Ordinal);
    }

    [Fact]
    public void Cut_at_any_byte_a_table_is_refused_or_read_as_its_beginning()
    {
        byte[] whole = Encoding.UTF8.GetBytes(
            "system,date,flop,method,scope,confidence,note\nPerceptron,1957-01-01,695000,reported,direct,likely,\"an \"\"old\"\" one,\nindeed\"\nDéjà vu,2012-07-03,1.8144e+17,2,direct,likely,\nAlexNet,2012-09-30,5.0112e+17,2,direct,likely,n\n");
        string[] systems = ["Perceptron", "Déjà vu", "AlexNet"];
        int refused = 0;
        for (int length = 0; length < whole.Length; length++)
        {
            try
            {
                IReadOnlyList<ComputeEstimate> read = EstimateTable.Read("cut.csv", whole[..length]).Estimates;
                Assert.Equal(systems.Take(read.Count), read.Select(e => e.System));
                Assert.All(read, e => Assert.Contains(e.Flop, new[] { 695000, 1.8144e17, 5.0112e17 }));
            }
            catch (TrendDataException)
            {
                refused++;
            }
        }

        Assert.True(refused > whole.Length / 2, $"{refused} of {whole.Length} cuts refused");
    }

    [Fact]
    public void Any_flipped_bit_gives_a_table_or_a_refusal()
    {
        byte[] whole = Encoding.UTF8.GetBytes("system,date,flop,confidence\n\"A, B\",2012-07-03,1.8e+17,likely\nC,2013-09-30,5e+17,\n");
        for (int bit = 0; bit < whole.Length * 8; bit++)
        {
            byte[] flipped = [.. whole];
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            try
            {
                Assert.All(EstimateTable.Read("flipped.csv", flipped).Estimates, e => Assert.True(e.Flop > 0));
            }
            catch (TrendDataException e)
            {
                Assert.NotEmpty(e.Place);
            }
        }
    }
}
