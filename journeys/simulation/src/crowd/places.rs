//! Where the sample people live, and what people are called there. Invented combinations of common names.

/// A city with its names.
pub struct Place {
    /// How often it is drawn, relative to the others.
    pub weight: i64,
    /// ISO 3166-1 alpha-2.
    pub country: &'static str,
    pub region: &'static str,
    pub city: &'static str,
    pub postal_code: &'static str,
    /// Degrees, rounded to one decimal as Pinpoint stores them.
    pub latitude: f64,
    pub longitude: f64,
    /// Name in the tz database.
    pub timezone: &'static str,
    /// `xx_YY`.
    pub locale: &'static str,
    pub given: &'static [&'static str],
    pub family: &'static [&'static str],
}

const ENGLISH: &[&str] =
    &["Olivia", "Noah", "Amara", "Liam", "Grace", "Ethan", "Zoë", "Marcus", "Priya", "Owen", "Hazel", "Théo"];
const ENGLISH_FAMILY: &[&str] =
    &["Carter", "O'Neill", "Washington", "Reyes", "Baker", "Nguyen", "Hughes", "Okafor", "Smith-Jones"];
const SPANISH: &[&str] = &["Lucía", "Mateo", "Martín", "Sofía", "Iñaki", "Ximena", "Andrés", "Núria"];
const SPANISH_FAMILY: &[&str] = &["García", "Muñoz", "Peña Nieto", "Hernández", "Ibáñez", "Puig"];
const CHINESE: &[&str] = &["伟", "芳", "秀英", "敏", "静", "磊", "洋", "子涵"];
const CHINESE_FAMILY: &[&str] = &["王", "李", "张", "刘", "陈", "欧阳"];

macro_rules! place {
    ($weight:literal $country:literal $region:literal $city:literal $postal:literal $lat:literal $lon:literal $zone:literal $locale:literal $given:expr, $family:expr) => {
        Place {
            weight: $weight,
            country: $country,
            region: $region,
            city: $city,
            postal_code: $postal,
            latitude: $lat,
            longitude: $lon,
            timezone: $zone,
            locale: $locale,
            given: $given,
            family: $family,
        }
    };
}

/// All places, five continents, eighteen scripts.
pub const PLACES: &[Place] = &[
    place!(10 "US" "NY" "New York" "10001" 40.7 -74.0 "America/New_York" "en_US" ENGLISH, ENGLISH_FAMILY),
    place!(6 "US" "IL" "Chicago" "60601" 41.9 -87.6 "America/Chicago" "en_US" ENGLISH, ENGLISH_FAMILY),
    place!(4 "US" "CO" "Denver" "80202" 39.7 -105.0 "America/Denver" "en_US" ENGLISH, ENGLISH_FAMILY),
    place!(7 "US" "CA" "Los Angeles" "90012" 34.1 -118.2 "America/Los_Angeles" "es_US" SPANISH, SPANISH_FAMILY),
    place!(1 "US" "HI" "Honolulu" "96813" 21.3 -157.9 "Pacific/Honolulu" "en_US" &["Kaleo", "Leilani", "Keanu", "Noelani"], &["Kahale", "Kealoha", "Nakamura"]),
    place!(3 "CA" "QC" "Montréal" "H2Y 1C6" 45.5 -73.6 "America/Toronto" "fr_CA" &["Émile", "Océane", "Félix", "Maëlle"], &["Tremblay", "Gagné", "Côté", "Bélanger"]),
    place!(9 "GB" "ENG" "London" "SE1 9GF" 51.5 -0.1 "Europe/London" "en_GB" &["Isla", "Arthur", "Niamh", "Rhys", "Poppy", "Siân", "Aisha", "Callum"], &["Taylor", "Patel", "Llewellyn", "MacDonald", "Khan", "Wright"]),
    place!(9 "DE" "BE" "Berlin" "10115" 52.5 13.4 "Europe/Berlin" "de_DE" &["Jürgen", "Käthe", "Lukas", "Mia", "Sören", "Zeynep", "Björn", "Greta"], &["Müller", "Großmann", "Schäfer", "Yılmaz", "Vogt", "Lüdenscheid"]),
    place!(7 "FR" "IDF" "Paris" "75011" 48.9 2.4 "Europe/Paris" "fr_FR" &["Chloé", "Gaël", "Inès", "François", "Zélie", "Anaïs"], &["Lefèvre", "Dupré", "Benoît", "d'Arçon", "Moreau"]),
    place!(5 "ES" "MD" "Madrid" "28004" 40.4 -3.7 "Europe/Madrid" "es_ES" SPANISH, SPANISH_FAMILY),
    place!(4 "IT" "62" "Roma" "00184" 41.9 12.5 "Europe/Rome" "it_IT" &["Niccolò", "Giulia", "Matteo", "Asia", "Edoardo"], &["Rossi", "De Luca", "D'Amico", "Forlì"]),
    place!(4 "PL" "14" "Warszawa" "00-001" 52.2 21.0 "Europe/Warsaw" "pl_PL" &["Łukasz", "Żaneta", "Małgorzata", "Świętosław"], &["Wiśniewski", "Wójcik", "Dąbrowska", "Gżegżółka"]),
    place!(2 "CZ" "10" "Praha" "110 00" 50.1 14.4 "Europe/Prague" "cs_CZ" &["Jiří", "Zdeňka", "Ondřej", "Růžena"], &["Dvořák", "Černá", "Šťastný"]),
    place!(2 "IS" "1" "Reykjavík" "101" 64.1 -21.9 "Atlantic/Reykjavik" "is_IS" &["Þórdís", "Ásgeir", "Guðrún", "Bergþór"], &["Jónsdóttir", "Sigurðsson", "Ægisdóttir"]),
    place!(3 "TR" "34" "İstanbul" "34000" 41.0 29.0 "Europe/Istanbul" "tr_TR" &["Çağla", "Işıl", "Uğur", "Şükrü"], &["Yıldız", "Öztürk", "Çelik"]),
    place!(3 "GR" "I" "Αθήνα" "105 58" 38.0 23.7 "Europe/Athens" "el_GR" &["Ελένη", "Γιώργος", "Δέσποινα", "Νίκος"], &["Παπαδοπούλου", "Γεωργίου", "Ιωάννου"]),
    place!(4 "UA" "30" "Київ" "01001" 50.5 30.5 "Europe/Kyiv" "uk_UA" &["Олена", "Тарас", "Їжакевич", "Соломія"], &["Шевченко", "Коваленко", "Ґалаґан"]),
    place!(1 "GE" "TB" "თბილისი" "0108" 41.7 44.8 "Asia/Tbilisi" "ka_GE" &["ნინო", "გიორგი", "თამარი"], &["ბერიძე", "კაპანაძე"]),
    place!(1 "AM" "ER" "Երևան" "0010" 40.2 44.5 "Asia/Yerevan" "hy_AM" &["Անի", "Տիգրան", "Նարեկ"], &["Սարգսյան", "Պետրոսյան"]),
    place!(3 "IL" "TA" "תל אביב" "6100000" 32.1 34.8 "Asia/Jerusalem" "he_IL" &["נועה", "איתי", "תמר"], &["כהן", "לוי", "פרץ"]),
    place!(4 "EG" "C" "القاهرة" "11511" 30.0 31.2 "Africa/Cairo" "ar_EG" &["فاطمة", "محمد", "نور", "يوسف"], &["عبد الله", "حسن", "المصري"]),
    place!(2 "IR" "23" "تهران" "11369" 35.7 51.4 "Asia/Tehran" "fa_IR" &["زهرا", "پارسا", "گلنار"], &["رضایی", "ژاله‌فر"]),
    place!(1 "ET" "AA" "አዲስ አበባ" "1000" 9.0 38.7 "Africa/Addis_Ababa" "am_ET" &["ሰላም", "አበበ", "ትዕግሥት"], &["ተስፋዬ", "በቀለ"]),
    place!(3 "NG" "LA" "Lagos" "101001" 6.5 3.4 "Africa/Lagos" "en_NG" &["Ọlábísí", "Chidi", "Adaeze", "Tunde"], &["Adéyẹmí", "Okonkwo", "Balogun"]),
    place!(2 "KE" "30" "Nairobi" "00100" -1.3 36.8 "Africa/Nairobi" "sw_KE" &["Wanjiru", "Kamau", "Achieng"], &["Mwangi", "Ng'ang'a", "Otieno"]),
    place!(6 "IN" "MH" "मुंबई" "400001" 19.1 72.9 "Asia/Kolkata" "hi_IN" &["आरव", "अनन्या", "कृष्णा", "प्रिया"], &["शर्मा", "पाटिल", "देशमुख"]),
    place!(3 "IN" "TN" "சென்னை" "600001" 13.1 80.3 "Asia/Kolkata" "ta_IN" &["கவிதா", "முருகன்", "செல்வி"], &["சுப்பிரமணியம்", "இளங்கோ"]),
    place!(1 "NP" "P3" "काठमाडौँ" "44600" 27.7 85.3 "Asia/Kathmandu" "ne_NP" &["सीता", "बिपिन"], &["श्रेष्ठ", "गुरुङ"]),
    place!(2 "BD" "C" "ঢাকা" "1000" 23.8 90.4 "Asia/Dhaka" "bn_BD" &["রহিম", "তাসনিম", "শাপলা"], &["হোসেন", "আক্তার"]),
    place!(3 "TH" "10" "กรุงเทพ" "10200" 13.8 100.5 "Asia/Bangkok" "th_TH" &["สมชาย", "มาลี", "ณัฐพงษ์"], &["แสงทอง", "ศรีสุข"]),
    place!(2 "VN" "SG" "Thành phố Hồ Chí Minh" "700000" 10.8 106.7 "Asia/Ho_Chi_Minh" "vi_VN" &["Nguyệt", "Đức", "Thảo", "Hưng"], &["Nguyễn", "Trần", "Phạm"]),
    place!(5 "CN" "SH" "上海" "200000" 31.2 121.5 "Asia/Shanghai" "zh_CN" CHINESE, CHINESE_FAMILY),
    place!(2 "TW" "TPE" "臺北" "100" 25.0 121.5 "Asia/Taipei" "zh_TW" &["雅婷", "冠宇", "怡君"], &["林", "黃", "張簡"]),
    place!(6 "JP" "13" "東京" "100-0001" 35.7 139.7 "Asia/Tokyo" "ja_JP" &["さくら", "翔太", "ハナ", "蓮", "美咲"], &["佐藤", "鈴木", "髙橋", "渡邉"]),
    place!(4 "KR" "11" "서울" "04524" 37.6 127.0 "Asia/Seoul" "ko_KR" &["지우", "민준", "서연", "하늘"], &["김", "이", "박", "남궁"]),
    place!(4 "AU" "NSW" "Sydney" "2000" -33.9 151.2 "Australia/Sydney" "en_AU" &["Matilda", "Jarrah", "Cooper", "Kirra"], &["Nguyen", "Thompson", "Papadopoulos"]),
    place!(1 "NZ" "AUK" "Tāmaki Makaurau" "1010" -36.8 174.8 "Pacific/Auckland" "mi_NZ" &["Aroha", "Tāne", "Mere"], &["Ngata", "Tūhoe", "Williams"]),
    place!(6 "BR" "SP" "São Paulo" "01000-000" -23.6 -46.6 "America/Sao_Paulo" "pt_BR" &["João", "Conceição", "Antônio", "Luísa"], &["Gonçalves", "Araújo", "da Conceição"]),
    place!(3 "MX" "CMX" "Ciudad de México" "06000" 19.4 -99.1 "America/Mexico_City" "es_MX" SPANISH, SPANISH_FAMILY),
];
