using System.Buffers.Binary;
using System.Text;
using CsCheck;

namespace Lazuli.Models.Tests;

public sealed class SafetensorsFileTests : IDisposable
{
    private const string TwoTensors = """{"__metadata__":{"format":"pt"},"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F16","shape":[1,2],"data_offsets":[8,12]}}""";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Reads_tensors_metadata_and_values()
    {
        byte[] data = [0, 0, 128, 63, 0, 0, 0, 192, 0, 60, 1, 0];
        using SafetensorsFile file = SafetensorsFile.Open(_folder.Put("f", Bytes(TwoTensors, data)));

        Assert.Equal("pt", file.Metadata["format"]);
        Assert.Equal(["a", "b"], file.Tensors.Select(t => t.Name));
        float[] a = new float[2];
        file.ReadFloats(file.Tensors[0], 0, a);
        Assert.Equal([1f, -2f], a);
        float[] b = new float[1];
        file.ReadFloats(file.Tensors[1], 1, b);
        Assert.Equal([5.9604645e-8f], b);
        Assert.Equal(data[8..], file.Bytes(file.Tensors[1]).ToArray());
    }

    [Fact]
    public void Reads_bfloat16()
    {
        string header = """{"a":{"dtype":"BF16","shape":[2],"data_offsets":[0,4]}}""";
        using SafetensorsFile file = SafetensorsFile.Open(_folder.Put("f", Bytes(header, [0x80, 0x3F, 0x49, 0xC0])));
        float[] a = new float[2];
        file.ReadFloats(file.Tensors[0], 0, a);
        Assert.Equal([1f, -3.140625f], a);
    }

    [Theory]
    [InlineData("{}", 0)]
    [InlineData("{}     ", 0)]
    [InlineData("""{"a":{"dtype":"F32","shape":[],"data_offsets":[0,4]}}""", 4)]
    [InlineData("""{"a":{"dtype":"F32","shape":[0,3],"data_offsets":[0,0]},"b":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}""", 1)]
    [InlineData("""{"a":{"dtype":"F4","shape":[2],"data_offsets":[0,1]}}""", 1)]
    [InlineData("""{"é☃":{"data_offsets":[0,2],"dtype":"I8","shape":[2]}}""", 2)]
    public void Accepts_what_the_format_allows(string header, int dataLength)
    {
        using SafetensorsFile file = SafetensorsFile.Open(_folder.Put("f", Bytes(header, new byte[dataLength])));
        Assert.Equal(dataLength, file.Tensors.Sum(t => t.ByteLength));
    }

    [Theory]
    [InlineData("a hole before", """{"a":{"dtype":"U8","shape":[2],"data_offsets":[2,4]}}""", 4)]
    [InlineData("a hole between", """{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"b":{"dtype":"U8","shape":[2],"data_offsets":[2,4]}}""", 4)]
    [InlineData("a hole behind", """{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}}""", 4)]
    [InlineData("an overlap", """{"a":{"dtype":"U8","shape":[3],"data_offsets":[0,3]},"b":{"dtype":"U8","shape":[2],"data_offsets":[2,4]}}""", 4)]
    [InlineData("the same bytes twice", """{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"b":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}}""", 4)]
    [InlineData("an end behind the file", """{"a":{"dtype":"U8","shape":[8],"data_offsets":[0,8]}}""", 4)]
    [InlineData("offsets backwards", """{"a":{"dtype":"U8","shape":[4],"data_offsets":[4,0]}}""", 4)]
    [InlineData("one offset", """{"a":{"dtype":"U8","shape":[4],"data_offsets":[4]}}""", 4)]
    [InlineData("three offsets", """{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4,4]}}""", 4)]
    [InlineData("a negative offset", """{"a":{"dtype":"U8","shape":[4],"data_offsets":[-4,0]}}""", 4)]
    [InlineData("a size that is not the shape's", """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}""", 4)]
    [InlineData("half a byte", """{"a":{"dtype":"F4","shape":[7],"data_offsets":[0,4]}}""", 4)]
    [InlineData("a shape beyond 64 bits", """{"a":{"dtype":"U8","shape":[4294967296,4294967296],"data_offsets":[0,0]}}""", 0)]
    [InlineData("a size beyond 64 bits", """{"a":{"dtype":"F64","shape":[2305843009213693952],"data_offsets":[0,0]}}""", 0)]
    [InlineData("a number beyond 64 bits", """{"a":{"dtype":"U8","shape":[18446744073709551620],"data_offsets":[0,4]}}""", 4)]
    [InlineData("a fraction", """{"a":{"dtype":"U8","shape":[4.0],"data_offsets":[0,4]}}""", 4)]
    [InlineData("a number as text", """{"a":{"dtype":"U8","shape":["4"],"data_offsets":[0,4]}}""", 4)]
    [InlineData("a nested shape", """{"a":{"dtype":"U8","shape":[[4]],"data_offsets":[0,4]}}""", 4)]
    [InlineData("an unknown type", """{"a":{"dtype":"F33","shape":[1],"data_offsets":[0,4]}}""", 4)]
    [InlineData("a type in lower case", """{"a":{"dtype":"f32","shape":[1],"data_offsets":[0,4]}}""", 4)]
    [InlineData("a missing type", """{"a":{"shape":[1],"data_offsets":[0,4]}}""", 4)]
    [InlineData("a missing shape", """{"a":{"dtype":"F32","data_offsets":[0,4]}}""", 4)]
    [InlineData("missing offsets", """{"a":{"dtype":"F32","shape":[1]}}""", 4)]
    [InlineData("an unknown key", """{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"x":1}}""", 4)]
    [InlineData("a type twice", """{"a":{"dtype":"F32","dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 4)]
    [InlineData("a shape twice", """{"a":{"dtype":"F32","shape":[1],"shape":[1],"data_offsets":[0,4]}}""", 4)]
    [InlineData("a tensor twice", """{"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}}""", 4)]
    [InlineData("a tensor twice, once escaped", """{"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},"\u0061":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}}""", 4)]
    [InlineData("metadata twice", """{"__metadata__":{},"__metadata__":{}}""", 0)]
    [InlineData("a metadata key twice", """{"__metadata__":{"a":"1","a":"1"}}""", 0)]
    [InlineData("metadata with a number", """{"__metadata__":{"a":1}}""", 0)]
    [InlineData("metadata as a list", """{"__metadata__":[]}""", 0)]
    [InlineData("a tensor as a list", """{"a":[]}""", 0)]
    [InlineData("half a surrogate pair", """{"\ud800":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}}""", 4)]
    [InlineData("half a surrogate pair as a type", """{"a":{"dtype":"\udc00","shape":[4],"data_offsets":[0,4]}}""", 4)]
    [InlineData("text behind the object", """{} {}""", 0)]
    [InlineData("a comma behind the last", """{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},}""", 4)]
    [InlineData("a comment", """{/**/}""", 0)]
    [InlineData("a blank before", """ {}""", 0)]
    [InlineData("a list", """[]""", 0)]
    [InlineData("an open object", """{""", 0)]
    [InlineData("nothing", "", 0)]
    public void Refuses_a_broken_header(string what, string header, int dataLength)
    {
        string path = _folder.Put("f", Bytes(header, new byte[dataLength]));
        SafetensorsFormatException e = Assert.Throws<SafetensorsFormatException>(() => SafetensorsFile.Open(path));
        Assert.True(e.Path == path && e.Place.Length > 0 && e.Expected.Length > 0 && e.Found.Length > 0, what);
    }

    [Fact]
    public void Refuses_a_header_that_is_not_UTF8()
    {
        byte[] bytes = Bytes("""{"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}""", []);
        bytes[10] = 0xFF;
        Assert.Throws<SafetensorsFormatException>(() => SafetensorsFile.Open(_folder.Put("f", bytes)));
    }

    [Theory]
    [InlineData(13ul)]
    [InlineData(100_000_001ul)]
    [InlineData(1ul << 63)]
    [InlineData(ulong.MaxValue)]
    public void Refuses_a_header_longer_than_the_file(ulong headerLength)
    {
        byte[] bytes = Bytes("{}          ", []);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, headerLength);
        SafetensorsFormatException e = Assert.Throws<SafetensorsFormatException>(() => SafetensorsFile.Open(_folder.Put("f", bytes)));
        Assert.Equal("offset 0", e.Place);
    }

    [Fact]
    public void Refuses_a_header_longer_than_the_formats_bound_even_when_the_file_has_it()
    {
        string path = _folder["f"];
        using (FileStream stream = File.Create(path))
        {
            byte[] length = new byte[8];
            BinaryPrimitives.WriteUInt64LittleEndian(length, 100_000_001);
            stream.Write(length);
            stream.SetLength(100_000_009); // sparse
        }

        Assert.Equal("offset 0", Assert.Throws<SafetensorsFormatException>(() => SafetensorsFile.Open(path)).Place);
    }

    [Fact]
    public void A_file_cut_at_any_byte_is_refused()
    {
        byte[] whole = Bytes(TwoTensors, new byte[12]);
        for (int length = 0; length < whole.Length; length++)
        {
            string path = _folder.Put("f", whole[..length]);
            Assert.Throws<SafetensorsFormatException>(() => SafetensorsFile.Open(path));
        }
    }

    [Fact]
    public void A_flipped_bit_in_the_header_is_refused_or_still_a_sound_file()
    {
        byte[] whole = Bytes(TwoTensors, new byte[12]);
        int refused = 0;
        for (int bit = 0; bit < (whole.Length - 12) * 8; bit++)
        {
            byte[] flipped = [.. whole];
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            try
            {
                using SafetensorsFile file = SafetensorsFile.Open(_folder.Put("f", flipped));
                Assert.Equal(12, file.Tensors.Sum(t => t.ByteLength));
            }
            catch (SafetensorsFormatException)
            {
                refused++;
            }
        }

        Assert.InRange(refused, 500, whole.Length * 8);
    }

    [Fact]
    public void Random_headers_never_end_in_another_exception()
    {
        Gen<string> pieces = Gen.OneOf(new[] { "{", "}", "[", "]", ",", ":", "\"a\"", "\"dtype\"", "\"shape\"", "\"data_offsets\"", "\"F32\"", "0", "4", "1", "-1", "1e9", "null", "\"__metadata__\"", "\\", " ", "\"\\ud800\"" }.Select(Gen.Const).ToArray());
        pieces.Array[0, 40].Select(p => "{" + string.Concat(p)).Sample(header =>
        {
            try
            {
                using SafetensorsFile file = SafetensorsFile.Open(_folder.Put(Guid.NewGuid().ToString(), Bytes(header, new byte[4])));
                return file.Tensors.Sum(t => t.ByteLength) == 4;
            }
            catch (SafetensorsFormatException)
            {
                return true;
            }
        }, iter: 500);
    }

    [Fact]
    public void Refuses_to_read_other_elements_as_floats()
    {
        using SafetensorsFile file = SafetensorsFile.Open(_folder.Put("f", Bytes("""{"a":{"dtype":"I32","shape":[1],"data_offsets":[0,4]}}""", new byte[4])));
        Assert.Throws<SafetensorsFormatException>(() => file.ReadFloats(file.Tensors[0], 0, new float[1]));
    }

    [Fact]
    public void Refuses_to_read_beyond_a_tensor()
    {
        using SafetensorsFile file = SafetensorsFile.Open(_folder.Put("f", Bytes(TwoTensors, new byte[12])));
        Assert.Throws<ArgumentException>(() => file.ReadFloats(file.Tensors[0], 1, new float[2]));
        Assert.Throws<ArgumentException>(() => file.ReadFloats(file.Tensors[0], -1, new float[1]));
        Assert.Throws<ArgumentException>(() => file.Bytes(file.Tensors[0] with { End = 100 }));
    }

    [Fact]
    public void Refuses_to_read_after_it_was_disposed()
    {
        SafetensorsFile file = SafetensorsFile.Open(_folder.Put("f", Bytes(TwoTensors, new byte[12])));
        file.Dispose();
        Assert.Throws<ObjectDisposedException>(() => file.Bytes(file.Tensors[0]).Length);
    }

    internal static byte[] Bytes(string header, byte[] data)
    {
        byte[] json = Encoding.UTF8.GetBytes(header);
        byte[] bytes = new byte[8 + json.Length + data.Length];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, (ulong)json.Length);
        json.CopyTo(bytes, 8);
        data.CopyTo(bytes, 8 + json.Length);
        return bytes;
    }
}
