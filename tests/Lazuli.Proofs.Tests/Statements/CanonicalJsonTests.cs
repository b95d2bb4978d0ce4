using System.Globalization;
using System.Text;
using System.Text.Json;
using CsCheck;

namespace Lazuli.Proofs.Tests;

public sealed class CanonicalJsonTests
{
    private static readonly JsonSerializerOptions _indented = new() { WriteIndented = true };

    [Theory] // RFC 8785, appendix B
    [InlineData("0000000000000000", "0")]
    [InlineData("8000000000000000", "0")]
    [InlineData("0000000000000001", "5e-324")]
    [InlineData("8000000000000001", "-5e-324")]
    [InlineData("7fefffffffffffff", "1.7976931348623157e+308")]
    [InlineData("ffefffffffffffff", "-1.7976931348623157e+308")]
    [InlineData("4340000000000000", "9007199254740992")]
    [InlineData("c340000000000000", "-9007199254740992")]
    [InlineData("4430000000000000", "295147905179352830000")]
    [InlineData("44b52d02c7e14af5", "9.999999999999997e+22")]
    [InlineData("44b52d02c7e14af6", "1e+23")]
    [InlineData("44b52d02c7e14af7", "1.0000000000000001e+23")]
    [InlineData("444b1ae4d6e2ef4e", "999999999999999700000")]
    [InlineData("444b1ae4d6e2ef4f", "999999999999999900000")]
    [InlineData("444b1ae4d6e2ef50", "1e+21")]
    [InlineData("3eb0c6f7a0b5ed8c", "9.999999999999997e-7")]
    [InlineData("3eb0c6f7a0b5ed8d", "0.000001")]
    [InlineData("41b3de4355555553", "333333333.3333332")]
    [InlineData("41b3de4355555554", "333333333.33333325")]
    [InlineData("41b3de4355555555", "333333333.3333333")]
    [InlineData("41b3de4355555556", "333333333.3333334")]
    [InlineData("41b3de4355555557", "333333333.33333343")]
    [InlineData("becbf647612f3696", "-0.0000033333333333333333")]
    [InlineData("43143ff3c1cb0959", "1424953923781206.2")]
    public void The_numbers_of_RFC_8785_are_written_as_it_says(string bits, string expected)
    {
        double number = BitConverter.UInt64BitsToDouble(ulong.Parse(bits, NumberStyles.HexNumber, CultureInfo.InvariantCulture));
        Assert.Equal(expected, CanonicalJson.FormatNumber(number));
        Assert.Equal(expected, Format(expected));
    }

    [Fact]
    public void Numbers_that_JSON_has_not_are_refused()
    {
        Assert.Throws<ArgumentException>(() => CanonicalJson.FormatNumber(double.NaN));
        Assert.Throws<ArgumentException>(() => CanonicalJson.FormatNumber(double.NegativeInfinity));
    }

    [Fact]
    public void The_example_of_RFC_8785_comes_out()
    {
        const string input = """
            {
              "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
              "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
              "literals": [null, true, false]
            }
            """;
        Assert.Equal("""{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}""", Format(input));
    }

    [Fact]
    public void Members_are_sorted_by_UTF_16_code_units()
    {
        const string input = """{"\u20ac":1,"\r":2,"\ufb33":3,"1":4,"\ud83d\ude00":5,"\u0080":6,"\u00f6":7}"""; // RFC 8785, section 3.2.3
        Assert.Equal("{\"\\r\":2,\"1\":4,\"\u0080\":6,\"ö\":7,\"€\":1,\"\ud83d\ude00\":5,\"\ufb33\":3}", Format(input));
        Assert.Equal("""{"":0,"a":{"b":1,"c":2},"aa":3}""", Format("""{ "aa":3, "a":{"c":2,"b":1}, "":0 }"""));
    }

    [Fact]
    public void Any_number_reads_back_as_itself() =>
        Gen.Double.Where(double.IsFinite).Sample(number =>
            double.Parse(CanonicalJson.FormatNumber(number), CultureInfo.InvariantCulture) == number && Format(CanonicalJson.FormatNumber(number)) == CanonicalJson.FormatNumber(number), iter: 20_000);

    [Fact]
    public void Canonical_bytes_are_their_own_canonical_bytes_and_do_not_depend_on_order_or_spaces() =>
        Gen.Dictionary(Gen.String[Gen.Char["ab\"\\\n\u0001é€\ufb33"], 0, 4], Gen.Select(Gen.Double.Where(double.IsFinite), Gen.String[Gen.Char["x\t/ü"], 0, 4], Gen.Bool))[0, 6].Sample(values =>
        {
            Dictionary<string, object[]> forward = values.ToDictionary(v => v.Key, v => new object[] { v.Value.Item1, v.Value.Item2, v.Value.Item3 }, StringComparer.Ordinal);
            Dictionary<string, object[]> backward = forward.Reverse().ToDictionary(v => v.Key, v => v.Value, StringComparer.Ordinal);
            string one = Format(JsonSerializer.Serialize(forward));
            string two = Format(JsonSerializer.Serialize(backward, _indented));
            return one == two && Format(one) == one;
        }, iter: 1000);

    [Theory]
    [InlineData("", "$")]
    [InlineData("{", "$")]
    [InlineData("[1,]", "$")]
    [InlineData("[1] 2", "$")]
    [InlineData("// no\n1", "$")]
    [InlineData("NaN", "$")]
    [InlineData("01", "$")]
    [InlineData("\"\\ud800\"", "$")]
    [InlineData("{\"a\":[1,\"\\udc00x\"]}", "$.'a'[1]")]
    [InlineData("{\"\\ud800\":1}", "$")]
    [InlineData("{\"a\":1,\"b\":2,\"\\u0061\":1}", "$")]
    [InlineData("[{\"a\":{\"x\":1,\"x\":1}}]", "$[0].'a'")]
    [InlineData("[1,1e400]", "$[1]")]
    [InlineData("{\"n\":9007199254740993}", "$.'n'")]
    [InlineData("-9223372036854775807", "$")]
    [InlineData("1000000000000000000000001", "$")]
    public void What_has_no_canonical_bytes_is_refused_with_its_place(string json, string path) =>
        Assert.Equal(path, Assert.Throws<StatementFormatException>(() => Format(json)).Path);

    [Theory]
    [InlineData("9007199254740992")]
    [InlineData("9007199254740991")]
    [InlineData("-9007199254740991")]
    [InlineData("100000000000000000000")]
    [InlineData("295147905179352830000")]
    public void Integers_that_a_double_keeps_stay_as_they_are(string integer) => Assert.Equal(integer, Format(integer));

    [Fact]
    public void Bytes_that_are_no_text_are_refused() =>
        Assert.Throws<StatementFormatException>(() => CanonicalJson.Format((byte[])[.. "\""u8, 0xff, .. "\""u8]));

    [Fact]
    public void Documents_beyond_the_limits_are_refused()
    {
        Assert.Equal(new string('[', 64) + new string(']', 64), Format(new string('[', 64) + new string(']', 64)));
        Assert.Throws<StatementFormatException>(() => Format(new string('[', 65) + new string(']', 65)));
        Assert.Throws<StatementFormatException>(() => Format(new string('[', 1_000_000)));
        Assert.Throws<StatementFormatException>(() => CanonicalJson.Format(new byte[StrictJson.LongestDocument + 1]));
    }

    [Fact]
    public void A_long_name_over_many_values_costs_no_more_than_its_bytes()
    {
        string json = $"{{\"{new string('n', 2_000_000)}\":[{string.Join(',', Enumerable.Repeat("0", 200_000))}]}}";
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal(json, Format(json));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100L * json.Length);
    }

    private static string Format(string json) => Encoding.UTF8.GetString(CanonicalJson.Format(Encoding.UTF8.GetBytes(json)));
}
