using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Lazuli.Gateway;

/// <summary>A vector as the wire has it: numbers, or base64 of its 32-bit floats, little end first.</summary>
[JsonConverter(typeof(Writer))]
internal readonly record struct EmbeddingVector(ReadOnlyMemory<float> Numbers, bool IsBase64)
{
    internal sealed class Writer : JsonConverter<EmbeddingVector>
    {
        public override EmbeddingVector Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => throw new NotSupportedException("Vectors are only written.");

        public override void Write(Utf8JsonWriter writer, EmbeddingVector value, JsonSerializerOptions options)
        {
            if (value.IsBase64)
            {
                writer.WriteBase64StringValue(LittleEndian(value.Numbers.Span));
                return;
            }

            writer.WriteStartArray();
            foreach (float number in value.Numbers.Span)
            {
                writer.WriteNumberValue(number);
            }

            writer.WriteEndArray();
        }

        private static ReadOnlySpan<byte> LittleEndian(ReadOnlySpan<float> numbers)
        {
            if (BitConverter.IsLittleEndian)
            {
                return MemoryMarshal.AsBytes(numbers);
            }

            var bytes = new byte[numbers.Length * sizeof(float)];
            for (int i = 0; i < numbers.Length; i++)
            {
                BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(i * sizeof(float)), numbers[i]);
            }

            return bytes;
        }
    }
}
