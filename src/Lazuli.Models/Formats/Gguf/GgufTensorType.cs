namespace Lazuli.Models;

/// <summary>Element types of GGUF tensors that we write, with the format's numbers.</summary>
internal enum GgufTensorType : uint
{
    F32 = 0,
    F16 = 1,
    Q8_0 = 8,
}
