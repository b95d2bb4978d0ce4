using System.Text;
using CsCheck;

namespace Lazuli.Models.Tests;

public sealed class SafetensorsWriterTests : IDisposable
{
    private static readonly Dictionary<string, string> s_metadata = new() { ["format"] = "pt" };

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Writes_the_bytes_of_the_reference_writer()
    {
        using (var writer = new SafetensorsWriter(_folder["f"], [("b", SafetensorsType.Float32, [1L, 2]), ("h", SafetensorsType.Float16, [1L]), ("a", SafetensorsType.Float32, [1L])], s_metadata))
        {
            writer.Write("h", [1f]);
            writer.Write("b", [1f, -2f]);
            writer.Write("a", [0.5f]);
            writer.Commit();
        }

        // Wide elements first, then by name; header padded with blanks to a multiple of 8.
        const string Header = """{"__metadata__":{"format":"pt"},"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1,2],"data_offsets":[4,12]},"h":{"dtype":"F16","shape":[1],"data_offsets":[12,14]}}    """;
        byte[] expected = SafetensorsFileTests.Bytes(Header, [0, 0, 0, 63, 0, 0, 128, 63, 0, 0, 0, 192, 0, 60]);
        Assert.Equal(0, Encoding.UTF8.GetByteCount(Header) % 8);
        Assert.Equal(expected, File.ReadAllBytes(_folder["f"]));
    }

    [Fact]
    public void Any_tensors_come_back_bit_for_bit()
    {
        Gen<(string Name, uint[] Bits)[]> gen = Gen.Select(Gen.String[1, 12].Where(IsUnicode), Gen.UInt.Array[0, 50], (n, b) => (Name: n, Bits: b))
            .Array[0, 6].Where(t => t.Select(x => x.Name).Append("__metadata__").Distinct().Count() == t.Length + 1);
        gen.Sample(tensors =>
        {
            string path = _folder[Guid.NewGuid().ToString()];
            using (var writer = new SafetensorsWriter(path, tensors.Select(t => (t.Name, SafetensorsType.Float32, (IReadOnlyList<long>)[t.Bits.Length])), s_metadata))
            {
                foreach ((string name, uint[] bits) in tensors)
                {
                    writer.Write(name, Array.ConvertAll(bits, BitConverter.UInt32BitsToSingle));
                }

                writer.Commit();
            }

            using SafetensorsFile file = SafetensorsFile.Open(path);
            foreach ((string name, uint[] bits) in tensors)
            {
                Assert.True(file.TryGet(name, out SafetensorsTensor? tensor));
                float[] values = new float[bits.Length];
                file.ReadFloats(tensor!, 0, values);
                Assert.Equal(bits, Array.ConvertAll(values, BitConverter.SingleToUInt32Bits));
            }
        }, iter: 50, threads: 1);
    }

    [Fact]
    public void Tensors_longer_than_a_chunk_come_back()
    {
        float[] values = [.. Enumerable.Range(0, 200_001).Select(i => (float)i)];
        foreach (SafetensorsType type in (SafetensorsType[])[SafetensorsType.Float32, SafetensorsType.BFloat16])
        {
            using (var writer = new SafetensorsWriter(_folder["f"], [("a", type, [values.Length])], s_metadata))
            {
                writer.Write("a", values);
                writer.Commit();
            }

            using SafetensorsFile file = SafetensorsFile.Open(_folder["f"]);
            float[] back = new float[values.Length];
            file.ReadFloats(file.Tensors[0], 0, back);
            Assert.Equal(type == SafetensorsType.Float32 ? values : Array.ConvertAll(values, v => HalfPrecision.FromBFloat16(HalfPrecision.ToBFloat16(v))), back);
        }
    }

    [Fact]
    public void Nothing_appears_without_a_commit()
    {
        using (var writer = new SafetensorsWriter(_folder["f"], [("a", SafetensorsType.Float32, [1L])], s_metadata))
        {
            writer.Write("a", [1f]);
        }

        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void A_file_larger_than_the_disk_is_refused_before_anything_is_written()
    {
        Assert.ThrowsAny<IOException>(() => new SafetensorsWriter(_folder["f"], [("a", SafetensorsType.Float32, [1L << 50])], s_metadata));
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void Refuses_to_commit_a_file_with_a_tensor_missing()
    {
        using var writer = new SafetensorsWriter(_folder["f"], [("a", SafetensorsType.Float32, [1L])], s_metadata);
        Assert.Throws<InvalidOperationException>(writer.Commit);
    }

    [Fact]
    public void Refuses_misuse_by_name()
    {
        Assert.Throws<ArgumentException>(() => new SafetensorsWriter(_folder["f"], [("a", SafetensorsType.Float32, [1L]), ("a", SafetensorsType.Float16, [1L])], s_metadata));
        Assert.Throws<ArgumentException>(() => new SafetensorsWriter(_folder["f"], [("__metadata__", SafetensorsType.Float32, [1L])], s_metadata));
        Assert.Throws<ArgumentException>(() => new SafetensorsWriter(_folder["f"], [("a", SafetensorsType.Int64, [1L])], s_metadata));
        using var writer = new SafetensorsWriter(_folder["f"], [("a", SafetensorsType.Float32, [1L])], s_metadata);
        Assert.Contains("'b'", Assert.Throws<ArgumentException>(() => writer.Write("b", [1f])).Message);
        Assert.Contains("1 elements; got 2", Assert.Throws<ArgumentException>(() => writer.Write("a", [1f, 2f])).Message);
    }

    [Fact]
    public void Refuses_a_finite_value_that_F16_cannot_hold()
    {
        using var writer = new SafetensorsWriter(_folder["f"], [("a", SafetensorsType.Float16, [2L])], s_metadata);
        Assert.Contains("65,504", Assert.Throws<ArgumentException>(() => writer.Write("a", [1f, 65520f])).Message);
    }

    private static bool IsUnicode(string s)
    {
        try
        {
            return new UTF8Encoding(false, true).GetByteCount(s) > 0;
        }
        catch (EncoderFallbackException)
        {
            return false;
        }
    }
}
