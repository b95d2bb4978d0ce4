namespace Lazuli.Numerics.Tests;

public sealed class WeightFormatsTests
{
    [Theory]
    [InlineData(WeightFormat.F32, 1, 4)]
    [InlineData(WeightFormat.F16, 1, 2)]
    [InlineData(WeightFormat.BF16, 1, 2)]
    [InlineData(WeightFormat.Q8_0, 32, 34)]
    [InlineData(WeightFormat.Q4_0, 32, 18)]
    [InlineData(WeightFormat.Q4_K, 256, 144)]
    [InlineData(WeightFormat.Q5_K, 256, 176)]
    [InlineData(WeightFormat.Q6_K, 256, 210)]
    [InlineData(WeightFormat.Q4_1, 32, 20)]
    [InlineData(WeightFormat.Q5_0, 32, 22)]
    [InlineData(WeightFormat.Q5_1, 32, 24)]
    public void Blocks_have_the_sizes_of_the_format(WeightFormat format, int length, int bytes)
    {
        Assert.Equal(length, WeightFormats.BlockLength(format));
        Assert.Equal(bytes, WeightFormats.BlockBytes(format));
        Assert.Equal(3L * bytes, WeightFormats.RowBytes(format, 3L * length));
    }

    [Fact]
    public void Rows_of_part_blocks_are_refused() =>
        Assert.Contains("whole blocks of 32", Assert.Throws<ArgumentException>(() => WeightFormats.RowBytes(WeightFormat.Q8_0, 33)).Message, StringComparison.Ordinal);

    [Fact]
    public void Mapped_bytes_are_the_memory_itself()
    {
        using var backend = new CpuBackend(1);
        byte[] memory = [1, 2, 3, 4, 5];
        unsafe
        {
            fixed (byte* p = memory)
            {
                DeviceBuffer mapped = backend.MapBytes((nint)p, memory.Length);
                memory[3] = 9;
                byte[] found = new byte[2];
                backend.Download(mapped.Slice(3, 2), found.AsSpan());

                Assert.Equal(ElementType.Byte, mapped.Type);
                Assert.Equal(5, mapped.ByteLength);
                Assert.Equal(new byte[] { 9, 5 }, found);
            }
        }
    }
}
