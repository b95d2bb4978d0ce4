using System.Text;
using Lazuli.Compute;

namespace Lazuli.Platform.Tests;

public sealed class HardwareFileTests
{
    public static TheoryData<string, string, string, string> Wrong() => new()
    {
        { "\"memoryBytes\": 1e10,", "", "memoryBytes", "missing" },
        { "\"memoryBytes\": 1e10", "\"memoryBytes\": null", "memoryBytes", "missing" },
        { "\"memoryBytes\": 1e10", "\"memoryBytes\": \"much\"", "memoryBytes", "expected a number (bytes)" },
        { "\"memoryBytes\": 1e10", "\"memoryBytes\": -1", "memoryBytes", "above 0" },
        { "\"memoryBytes\": 1e10", "\"memoryBytes\": 1e400", "memoryBytes", "expected" },
        { "\"memoryBytesPerSecond\": 1e12", "\"memoryBytesPerSecond\": 0", "memoryBytesPerSecond", "above 0" },
        { "{ \"bf16\": 1e14 }", "{ \"fp32\": 1e14 }", "peakFlopPerSecond.bf16", "training uses that type" },
        { "{ \"bf16\": 1e14 }", "{ \"bf17\": 1e14 }", "peakFlopPerSecond.bf17", "no such field" },
        { "{ \"bf16\": 1e14 }", "[]", "peakFlopPerSecond", "expected an object" },
        { "\"trainingType\": \"bf16\"", "\"trainingType\": \"double\"", "trainingType", "fp32, tf32, fp16, bf16, fp8, int8" },
        { "\"status\": \"proposed\", \"source\"", "\"status\": \"guessed\", \"source\"", "status", "real, measuredHere, proposed" },
        { "\"source\": \"us\",", "\"source\": \" \",", "source", "empty" },
        { ", \"wattsSource\": \"the plate\"", "", "wattsSource", "missing" },
        { "\"currency\": \"EUR\"", "\"currency\": \"Euro\"", "pricePerHour.currency", "three capital letters" },
        { "2026-11-01", "01.11.2026", "pricePerHour.date", "2026-11-23" },
        { "\"latencySeconds\": 1e-6", "\"latency\": 1e-6", "interconnect.latency", "no such field" },
        { "\"name\": \"box\"", "\"name\": \"../box\"", "name", "letters, digits" },
        { "\"watts\": 300", "\"watts\": 300, \"watts\": 301", "watts", "twice" },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void Refuses_a_wrong_field_and_names_profile_field_and_reason(string part, string instead, string field, string reason)
    {
        string json = HardwareSamples.Json.Replace(part, instead, StringComparison.Ordinal);
        Assert.NotEqual(HardwareSamples.Json, json);
        HardwareProfileException wrong = Assert.Throws<HardwareProfileException>(() => Read(json));
        Assert.Equal(field, wrong.Field);
        Assert.Contains(reason, wrong.Message, StringComparison.Ordinal);
        Assert.Contains("some.json", wrong.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Reads_every_field()
    {
        HardwareTable table = Read(HardwareSamples.Json);
        HardwareProfile box = Assert.Single(table.Profiles);
        Assert.Equal(1e14, box.TrainingPeak);
        Assert.Equal(new Link(1e11, 1e-6), box.Interconnect);
        Assert.Equal(4, box.DevicesPerHost);
        Assert.Equal(new DevicePrice(1.5m, "EUR", new DateOnly(2026, 11, 1), "an offer"), box.Price);
        Assert.Null(box.ProductShare);
        Assert.Equal("wire", Assert.Single(table.Networks).Name);
    }

    [Fact]
    public void Reads_back_what_it_wrote()
    {
        HardwareProfile machine = HardwareSamples.Machine;
        HardwareProfile read = Assert.Single(HardwareFile.Read(HardwareFile.Write("1", [machine]), "some.json").Profiles);
        Assert.Equal(machine.PeakFlopPerSecond, read.PeakFlopPerSecond);
        Assert.Equal(machine with { PeakFlopPerSecond = read.PeakFlopPerSecond }, read);
    }

    [Fact]
    public void Refuses_a_file_cut_off_at_any_byte()
    {
        byte[] whole = Encoding.UTF8.GetBytes(HardwareSamples.Json);
        for (int length = 0; length < whole.Length; length++)
        {
            Assert.Throws<HardwareProfileException>(() => HardwareFile.Read(whole.AsMemory(0, length), "some.json"));
        }
    }

    [Fact]
    public void Reads_or_refuses_a_file_with_any_bit_flipped()
    {
        byte[] whole = Encoding.UTF8.GetBytes(HardwareSamples.Json);
        int refused = 0;
        for (int bit = 0; bit < 8 * whole.Length; bit++)
        {
            whole[bit / 8] ^= (byte)(1 << (bit % 8));
            try
            {
                HardwareFile.Read(whole, "some.json");
            }
            catch (HardwareProfileException)
            {
                refused++;
            }

            whole[bit / 8] ^= (byte)(1 << (bit % 8));
        }

        Assert.InRange(refused, 4 * whole.Length, 8 * whole.Length);
    }

    private static HardwareTable Read(string json) => HardwareFile.Read(Encoding.UTF8.GetBytes(json), "some.json");
}
