/* The words that the demo shop is made of. */
#include "ops/seed.h"

#define NONE { NULL }, NULL, 0, 0, NULL, SEED_PLAIN

const struct seed_category seed_categories[SEED_CATEGORIES] = {
	/* Those on top. */
	{ "Clothing", -1, NONE },
	{ "Home and Living", -1, NONE },
	{ "Food and Spices", -1, NONE },
	{ "Electronics", -1, NONE },
	{ "Beauty and Care", -1, NONE },
	{ "Books and Play", -1, NONE },
	/* Those between: from 6. */
	{ "Women's Clothing", 0, NONE },
	{ "Men's Clothing", 0, NONE },
	{ "Footwear", 0, NONE },
	{ "Kitchen", 1, NONE },
	{ "Textiles", 1, NONE },
	{ "Decoration", 1, NONE },
	{ "Spices", 2, NONE },
	{ "Tea and Sweets", 2, NONE },
	{ "Phones", 3, NONE },
	{ "Household Appliances", 3, NONE },
	{ "Skin and Hair", 4, NONE },
	{ "Fragrance", 4, NONE },
	{ "Books", 5, NONE },
	{ "Games and Toys", 5, NONE },
	/* Those with products: from 20. */
	{ "Sarees", 6, { "Jamdani Saree", "Silk Saree", "Cotton Saree", "Tant Saree", "Muslin Saree" }, "জামদানি শাড়ি", 1800,
	    24000, "standard", SEED_COLOURS },
	{ "Kurtis", 6, { "Kurti", "Long Kurti", "Embroidered Kurti", "Printed Kurti" }, "कुर्ती", 900, 6000, "standard",
	    SEED_SIZES_COLOURS },
	{ "Shawls", 6, { "Wool Shawl", "Pashmina Shawl", "Dupatta", "Stole" }, "शॉल", 1200, 30000, "standard", SEED_COLOURS },
	{ "Panjabis", 7, { "Panjabi", "Silk Panjabi", "Festive Panjabi", "Kurta" }, "পাঞ্জাবি", 1200, 9000, "standard",
	    SEED_SIZES },
	{ "Lungis", 7, { "Lungi", "Checked Lungi", "Dhoti", "Cotton Gamcha" }, "লুঙ্গি", 400, 1800, "standard", SEED_COLOURS },
	{ "Shirts", 7, { "Linen Shirt", "Khadi Shirt", "Block Print Shirt", "Fatua" }, "खादी कमीज़", 900, 5500, "standard",
	    SEED_SIZES },
	{ "Sandals", 8, { "Leather Sandals", "Kolhapuri Chappals", "Jute Sandals" }, "चप्पल", 700, 4800, "standard", SEED_SIZES },
	{ "Shoes", 8, { "Mojari", "Nagra Shoes", "Canvas Shoes" }, NULL, 1500, 8000, "standard", SEED_SIZES },
	{ "Cookware", 9, { "Karahi", "Tawa", "Clay Handi", "Brass Pot", "Pressure Cooker" }, "कड़ाही", 900, 9500, "standard",
	    SEED_PLAIN },
	{ "Tableware", 9, { "Thali Set", "Steel Tumbler", "Clay Cup Set", "Serving Bowl" }, "থালা", 500, 6500, "standard",
	    SEED_PLAIN },
	{ "Knives and Tools", 9, { "Boti", "Coconut Grater", "Rolling Pin", "Spice Mill" }, NULL, 400, 3500, "standard",
	    SEED_PLAIN },
	{ "Bed Linen", 10, { "Nakshi Kantha", "Bed Cover", "Quilt", "Pillow Cover Pair" }, "নকশি কাঁথা", 1500, 18000, "standard",
	    SEED_COLOURS },
	{ "Rugs", 10, { "Jute Rug", "Dhurrie", "Shatranji", "Door Mat" }, "শতরঞ্জি", 1200, 35000, "standard", SEED_SIZES },
	{ "Lamps", 11, { "Brass Diya", "Paper Lantern", "Table Lamp", "Cane Lamp" }, "दीया", 300, 7500, "standard", SEED_PLAIN },
	{ "Wall Art", 11, { "Madhubani Painting", "Rickshaw Art Panel", "Pattachitra Scroll", "Terracotta Plaque" }, "পটচিত্র",
	    1200, 40000, "standard", SEED_PLAIN },
	{ "Whole Spices", 12, { "Green Cardamom", "Cinnamon Bark", "Cumin Seeds", "Black Pepper", "Cloves" }, "এলাচ", 200, 2200,
	    "zero", SEED_WEIGHTS },
	{ "Ground Spices", 12, { "Turmeric Powder", "Chilli Powder", "Garam Masala", "Panch Phoron" }, "हल्दी", 150, 1200, "zero",
	    SEED_WEIGHTS },
	{ "Tea", 13, { "Black Tea", "Green Tea", "Masala Chai", "White Tea" }, "চা", 300, 4500, "reduced", SEED_WEIGHTS },
	{ "Sweets", 13, { "Soan Papdi", "Nolen Gur", "Chikki", "Mango Bar" }, "मिठाई", 250, 1800, "reduced", SEED_WEIGHTS },
	{ "Pickles", 13, { "Mango Pickle", "Lime Pickle", "Olive Achar", "Chilli Garlic Pickle" }, "আচার", 250, 1500, "reduced",
	    SEED_WEIGHTS },
	{ "Smartphones", 14, { "Smartphone", "Smartphone Plus", "Feature Phone" }, NULL, 3500, 89000, "standard", SEED_STORAGE },
	{ "Phone Accessories", 14, { "Phone Case", "Charging Cable", "Power Bank", "Earphones" }, NULL, 300, 5500, "standard",
	    SEED_COLOURS },
	{ "Fans and Coolers", 15, { "Table Fan", "Ceiling Fan", "Air Cooler", "Rechargeable Fan" }, "পাখা", 1800, 18000,
	    "standard", SEED_PLAIN },
	{ "Kitchen Appliances", 15, { "Mixer Grinder", "Rice Cooker", "Electric Kettle", "Roti Maker" }, NULL, 1500, 16000,
	    "standard", SEED_PLAIN },
	{ "Hair Oils", 16, { "Coconut Hair Oil", "Amla Hair Oil", "Mustard Oil", "Bhringraj Oil" }, "आंवला तेल", 250, 1900,
	    "standard", SEED_PLAIN },
	{ "Soaps", 16, { "Neem Soap", "Sandalwood Soap", "Turmeric Soap", "Ubtan" }, "চন্দন সাবান", 150, 1100, "standard",
	    SEED_PLAIN },
	{ "Attar", 17, { "Rose Attar", "Oud Attar", "Jasmine Attar", "Incense Sticks" }, "अत्तर", 300, 15000, "standard",
	    SEED_PLAIN },
	{ "Novels", 18, { "Novel", "Short Stories", "Collected Poems", "Folk Tales" }, "উপন্যাস", 300, 2600, "zero", SEED_PLAIN },
	{ "Cookery Books", 18, { "Home Cookery", "Book of Breads", "Book of Curries", "Sweets at Home" }, NULL, 600, 3800, "zero",
	    SEED_PLAIN },
	{ "Board Games", 19, { "Carrom Board", "Ludo Set", "Chess Set", "Wooden Top", "Cricket Bat" }, "लूडो", 300, 12000,
	    "standard", SEED_PLAIN },
};

const char *const seed_brands[SEED_BRANDS][2] = { { "Shapla & Co", "shapla-co" }, { "Kashphul", "kashphul" },
	{ "Nodi Craft", "nodi-craft" }, { "Torongo", "torongo" }, { "Jhilmil House", "jhilmil-house" },
	{ "Patabahar", "patabahar" }, { "Chandrima", "chandrima" }, { "Rongdhonu", "rongdhonu" }, { "শিউলি", "shiuli" },
	{ "Mohua", "mohua" }, { "Bokul", "bokul" }, { "Dheu", "dheu" }, { "Alpona Studio", "alpona-studio" },
	{ "नीलकमल हाट", "neelkamal-haat" }, { "Sanjhbati", "sanjhbati" }, { "Godhuli", "godhuli" }, { "Kolshi", "kolshi" },
	{ "Ektara Works", "ektara-works" }, { "Mayur Loom", "mayur-loom" }, { "Tantuja Lane", "tantuja-lane" },
	{ "Basanti", "basanti" }, { "Haldi & Hing", "haldi-hing" }, { "Chirag Lamps", "chirag-lamps" },
	{ "Pukur Par", "pukur-par" }, { "Gulmohar", "gulmohar" }, { "Parijat", "parijat" }, { "काँसा घर", "kansa-ghar" },
	{ "Dotara", "dotara" }, { "Sindhu Leather", "sindhu-leather" }, { "Himal Wool", "himal-wool" },
	{ "Lanka Leaf", "lanka-leaf" }, { "Malabar Lane", "malabar-lane" }, { "Thar & Sons", "thar-sons" },
	{ "Indus Electric", "indus-electric" }, { "Deccan Devices", "deccan-devices" }, { "Naksha Books", "naksha-books" },
	{ "Charka", "charka" }, { "Rupali Care", "rupali-care" }, { "Meghdoot", "meghdoot" }, { "Udaan Play", "udaan-play" } };

const char *const seed_places[] = { "Dhaka", "Sylheti", "Rajshahi", "Tangail", "Comilla", "Jaipuri", "Banarasi", "Kashmiri",
	"Lucknowi", "Chettinad", "Malabar", "Bengal", "Sindhi", "Lahori", "Kandyan", "Jaffna", "Kathmandu", "Assamese",
	"Gujarati", "Punjabi", "Mysore", "Darjeeling", "Bogura", "Khulna", NULL };

const char *const seed_adjectives[] = { "Handmade", "Classic", "Everyday", "Festive", "Heritage", "Simple", "Fine", "Village",
	"Royal", "Monsoon", "Spring", "Winter", "Golden", "Indigo", "Crimson", "Ivory", "Traditional", "Modern", "Artisan",
	"Family", "Travel", "Premium", "Pure", "Old Town", NULL };

const char *const seed_praises[] = { "Made in small numbers by people who learnt it from their parents.",
	"Chosen by our buyers at the weekly market and checked piece by piece.",
	"A favourite of customers who come back for a second one.", "Each piece differs a little from the next, as it should.",
	"The workshop has made it the same way for forty years.", "Good to give away, better to keep.",
	"Light enough for the hot months and strong enough for all the others.",
	"Fairly paid work from a cooperative of two hundred households.", NULL };

const char *const seed_cares[] = { "Keep it dry and out of the strong sun.", "Comes wrapped in recycled paper.",
	"May be returned within fourteen days.", "Ships within two working days.", "যত্নে রাখুন, অনেক দিন চলবে।", "सूखी जगह पर रखें।",
	"Questions? Write to the shop.", NULL };

const char *const seed_first_names[] = { "Aarav", "Anika", "Arif", "Asha", "Bilal", "Chitra", "Devika", "Farhana", "Farid",
	"Gopal", "Hasina", "Imran", "Ishani", "Jahanara", "Kabir", "Kamala", "Lalita", "Mahbub", "Meena", "Nasreen", "Nikhil",
	"Omar", "Parveen", "Priya", "Rafiq", "Rahim", "Rina", "Sabina", "Salim", "Shanta", "Sunil", "Tahmina", "Tariq", "Uma",
	"Vikram", "Yasmin", "Zahid", "রহিম", "सीता", "মিতা", NULL };

const char *const seed_last_names[] = { "Ahmed", "Akter", "Banerjee", "Begum", "Bhatt", "Chowdhury", "Das", "Dutta", "Fernando",
	"Gupta", "Haque", "Hossain", "Islam", "Iyer", "Jayasinghe", "Karim", "Khan", "Kumar", "Mahmud", "Majumder", "Menon",
	"Mistry", "Nair", "Perera", "Rahman", "Rao", "Roy", "Sarkar", "Sen", "Shah", "Sharma", "Siddiqui", "Singh", "Talukdar",
	NULL };

const char *const seed_shops[] = { "Haat", "Bazaar", "Bipani", "Emporium", "Stores", "Traders", "Weavers", "Dokan", "Works",
	"Corner", NULL };
